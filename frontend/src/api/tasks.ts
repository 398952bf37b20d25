// Tasks with their consensus, as the tables and the review read them.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { paths } from "./paths";
import { keys, usePages } from "./query";

type TasksOperation = paths["/api/v1/projects/{project_id}/tasks/"]["get"];
export type TaskFilters = Omit<
  NonNullable<TasksOperation["parameters"]["query"]>,
  "cursor" | "limit"
>;

export function useTasks(
  project: number,
  filters: TaskFilters,
  options: { limit?: number; refetchInterval?: number | false } = {},
) {
  const { limit = 100, refetchInterval = false } = options;
  return usePages(
    keys.tasks(project, { ...filters, limit }),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/tasks/", {
          params: { path: { project_id: project }, query: { ...filters, cursor, limit } },
        }),
      ),
    { refetchInterval },
  );
}

export function useTask(id: number | null) {
  return useQuery({
    queryKey: keys.task(id ?? 0),
    queryFn: () =>
      unwrap(client.GET("/api/v1/tasks/{task_id}/", { params: { path: { task_id: id ?? 0 } } })),
    enabled: id !== null,
  });
}
