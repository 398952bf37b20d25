// Doubtful labels: the queue, when it was made, and what a person says of each.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";

export type LabelError = components["schemas"]["LabelErrorDocument"];
export type LabelErrorsReport = components["schemas"]["LabelErrorsReport"];

export function useLabelErrors(project: number) {
  return usePages(keys.labelErrors(project), (cursor) =>
    unwrap(
      client.GET("/api/v1/projects/{project_id}/label-errors/", {
        params: { path: { project_id: project }, query: { cursor, limit: 30 } },
      }),
    ),
  );
}

/** Asked again while a worker is at it. */
export function useLabelErrorsReport(project: number) {
  return useQuery({
    queryKey: keys.labelErrorsReport(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/label-errors/report/", {
          params: { path: { project_id: project } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.searching ? 2000 : false),
  });
}

export function useSearch(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/label-errors/report/", {
          params: { path: { project_id: project } },
        }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.labelErrorsReport(project) }),
  });
}

export function useJudge(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, right }: { id: number; right: boolean }) => {
      const params = { params: { path: { label_error_id: id } } };
      return right
        ? unwrap(client.POST("/api/v1/label-errors/{label_error_id}/right/", params))
        : unwrap(client.POST("/api/v1/label-errors/{label_error_id}/review/", params));
    },
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.labelErrors(project) });
      void queries.invalidateQueries({ queryKey: keys.review(project) });
    },
  });
}
