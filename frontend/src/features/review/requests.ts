// The reviewer's queue, decisions and taking them back.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { JsonObject, Page, TaskWithVotes } from "@/api/types";

export type ReviewKind = "disputed" | "flagged";

export const REVIEW_PAGE = 50;

export function useReview(project: number, kind: ReviewKind) {
  return usePages(
    [...keys.review(project), kind],
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/review/", {
          params: { path: { project_id: project }, query: { kind, cursor, limit: REVIEW_PAGE } },
        }),
      ) as Promise<Page<TaskWithVotes>>,
  );
}

interface Decision {
  task: number;
  answer: JsonObject;
  note: string;
}

export function useAdjudicate(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, ...body }: Decision) =>
      unwrap(
        client.POST("/api/v1/tasks/{task_id}/adjudicate/", {
          params: { path: { task_id: task } },
          body,
        }),
      ) as Promise<TaskWithVotes>,
    onSuccess: (task) => {
      queries.setQueryData(keys.task(task.id), task);
      void queries.invalidateQueries({ queryKey: keys.report(project) });
      void queries.invalidateQueries({ queryKey: keys.project(project), exact: true });
    },
  });
}

export function useReopen(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (task: number) =>
      unwrap(
        client.POST("/api/v1/tasks/{task_id}/reopen/", { params: { path: { task_id: task } } }),
      ) as Promise<TaskWithVotes>,
    onSuccess: (task) => {
      queries.setQueryData(keys.task(task.id), task);
      void queries.invalidateQueries({ queryKey: keys.project(project) });
    },
  });
}
