// The reviewer's queue, decisions and taking them back.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { Page, TaskWithVotes } from "@/api/types";
import type { Decision } from "./proposals";
import { forgetProvenance } from "./useProvenance";

export const REVIEW_KINDS = ["any", "disputed", "flagged", "unsure", "contradicting"] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** Which tasks of the queue: for which reason, and under which confidence one counts as unsure. */
export interface Wanted {
  kind: ReviewKind;
  below: number | undefined;
}

export const REVIEW_PAGE = 50;

const reasonOf = (kind: ReviewKind) => (kind === "any" ? undefined : kind);

export function useReview(project: number, { kind, below }: Wanted) {
  return usePages(
    [...keys.review(project), kind, below ?? null],
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/review/", {
          params: {
            path: { project_id: project },
            query: { kind: reasonOf(kind), below, cursor, limit: REVIEW_PAGE },
          },
        }),
      ) as Promise<Page<TaskWithVotes>>,
  );
}

const countsKey = (project: number) => [...keys.review(project), "counts"];

export function useReviewCounts(project: number, below: number | undefined) {
  return useQuery({
    queryKey: [...countsKey(project), below ?? null],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/review/counts/", {
          params: { path: { project_id: project }, query: { below } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

interface Decided {
  task: number;
  decision: Decision;
  note: string;
}

/** What would be accepted from this confidence on; asked anew each time it is looked at. */
export function useNearCertain(project: number, { kind, below }: Wanted, atLeast: number) {
  return useQuery({
    queryKey: [...countsKey(project), "near-certain", kind, below ?? null, atLeast],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/review/near-certain/", {
          params: {
            path: { project_id: project },
            query: { reason: reasonOf(kind), below, at_least: atLeast },
          },
        }),
      ),
    staleTime: 0,
    // The button stays where it is while another threshold is counted.
    placeholderData: keepPreviousData,
  });
}

export function useAcceptMany(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ wanted, atLeast, key }: { wanted: Wanted; atLeast: number; key: string }) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/review/near-certain/", {
          params: { path: { project_id: project }, header: { "Idempotency-Key": key } },
          body: { reason: reasonOf(wanted.kind), below: wanted.below, at_least: atLeast },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

export function useReopenMany(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (bulk: number) =>
      unwrap(
        client.POST("/api/v1/bulk-decisions/{bulk_id}/reopen/", {
          params: { path: { bulk_id: bulk } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

export function useAdjudicate(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ task, decision, note }: Decided) =>
      unwrap(
        client.POST("/api/v1/tasks/{task_id}/adjudicate/", {
          params: { path: { task_id: task } },
          body: { ...decision, note },
        }),
      ) as Promise<TaskWithVotes>,
    onSuccess: (task) => {
      queries.setQueryData(keys.task(task.id), task);
      void forgetProvenance(queries, task.id);
      void queries.invalidateQueries({ queryKey: countsKey(project) });
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
      void forgetProvenance(queries, task.id);
      void queries.invalidateQueries({ queryKey: keys.project(project) });
    },
  });
}
