// Webhooks of a project, and what each of them was sent.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { usePages } from "@/api/query";
import type { components } from "@/api/schema";

export type Webhook = components["schemas"]["WebhookDocument"];
export type MadeWebhook = components["schemas"]["MadeWebhook"];
export type Delivery = components["schemas"]["DeliveryDocument"];
export type NewWebhook = components["schemas"]["WebhookChangeRequest"];
export type EventName = NewWebhook["events"][number];

export const EVENTS: readonly EventName[] = [
  "labels.settled",
  "import.finished",
  "export.ready",
  "release.made",
  "model.promoted",
  "import.drifted",
  "labeler.paused",
];

const listKey = (project: number) => ["projects", project, "webhooks"];
const logKey = (hook: number) => ["webhooks", hook, "deliveries"];
const byId = (hook: number) => ({ params: { path: { webhook_id: hook } } });

export function useWebhooks(project: number) {
  return useQuery({
    queryKey: listKey(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/webhooks/", {
          params: { path: { project_id: project } },
        }),
      ),
  });
}

export function useMakeWebhook(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewWebhook) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/webhooks/", {
          params: { path: { project_id: project } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(project) }),
  });
}

export function useSwitchWebhook(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, active }: { id: number; active: boolean }) =>
      unwrap(client.PATCH("/api/v1/webhooks/{webhook_id}/", { ...byId(id), body: { active } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(project) }),
  });
}

export function useDeleteWebhook(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => unwrap(client.DELETE("/api/v1/webhooks/{webhook_id}/", byId(id))),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(project) }),
  });
}

export function useTryWebhook() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.POST("/api/v1/webhooks/{webhook_id}/test/", byId(id))),
    onSuccess: (_, id) => queries.invalidateQueries({ queryKey: logKey(id) }),
  });
}

/** The newest messages first, looked at every few seconds while they are shown. */
export function useDeliveries(hook: number) {
  return usePages(
    logKey(hook),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/webhooks/{webhook_id}/deliveries/", {
          params: { path: { webhook_id: hook }, query: { cursor, limit: 50 } },
        }),
      ),
    { refetchInterval: 4_000 },
  );
}

export function useResend(hook: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (delivery: number) =>
      unwrap(
        client.POST("/api/v1/deliveries/{delivery_id}/resend/", {
          params: { path: { delivery_id: delivery } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: logKey(hook) }),
  });
}
