// The kinds of question with their consensus methods, as the server has them.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import type { components } from "./schema";

export type TaskKind = components["schemas"]["TaskTypeDocument"];

/** They only change with the server. */
export function useTaskKinds() {
  return useQuery({
    queryKey: ["task-kinds"],
    queryFn: () => unwrap(client.GET("/api/v1/task-types/", {})),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The methods of a kind of question; `auto` first, as the server has them. */
export function methodsOf(kinds: readonly TaskKind[], type: string): string[] {
  return kinds.find(({ name }) => name === type)?.methods ?? [];
}
