// How a task came to its label: fetched when somebody looks, told anew after each decision.
import { type QueryClient, useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Origin = Schemas["ProvenanceDocument"];
export type OriginVote = Schemas["ProvenanceVote"];
export type OriginEvent = Schemas["ProvenanceEvent"];

const keyOf = (task: number) => [...keys.task(task), "provenance"];

export function useProvenance(task: number, enabled: boolean) {
  return useQuery({
    queryKey: keyOf(task),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/tasks/{task_id}/provenance/", { params: { path: { task_id: task } } }),
      ),
    enabled,
  });
}

export const forgetProvenance = (queries: QueryClient, task: number) =>
  queries.invalidateQueries({ queryKey: keyOf(task) });
