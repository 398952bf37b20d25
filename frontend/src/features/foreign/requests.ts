// Foreign items: those of one lane, when they were judged, and what people say of them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";

export type ForeignItem = components["schemas"]["ForeignItemDocument"];
export type ForeignReport = components["schemas"]["ForeignReportDocument"];
export type Lane = components["schemas"]["ForeignState"];

export function useForeign(project: number, state: Lane) {
  return usePages([...keys.foreign(project), state], (cursor) =>
    unwrap(
      client.GET("/api/v1/projects/{project_id}/foreign/", {
        params: { path: { project_id: project }, query: { cursor, limit: 120, state } },
      }),
    ),
  );
}

/** Asked again while a worker is at it. */
export function useForeignReport(project: number) {
  return useQuery({
    queryKey: keys.foreignReport(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/foreign/report/", {
          params: { path: { project_id: project } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.judging ? 2000 : false),
  });
}

export function useJudgement(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/foreign/report/", {
          params: { path: { project_id: project } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.foreignReport(project) }),
  });
}

export interface Decision {
  tasks: number[];
  state: Lane;
}

export function useDecision(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Decision) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/foreign/decide/", {
          params: { path: { project_id: project } },
          body,
        }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.foreign(project) });
      void queries.invalidateQueries({ queryKey: keys.foreignReport(project) });
      void queries.invalidateQueries({ queryKey: keys.report(project) });
      // The alarm about an import ends with the last item that was looked at.
      void queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[2] === "drifts" });
      void queries.invalidateQueries({ queryKey: keys.status });
    },
  });
}
