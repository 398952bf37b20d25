// Making gold, which several screens do.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query";
import type { components } from "./schema";

export type NewGold = components["schemas"]["NewGoldRequest"];

/** Makes gold of chosen tasks, or of some that are drawn; says how many, and why not the others. */
export function useMakeGold(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewGold) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/gold/", {
          params: { path: { project_id: project } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.project(project) }),
  });
}
