// Imports that look unlike what is labeled, where the caller leads the project.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query";
import type { components } from "./schema";

export type Drift = components["schemas"]["DriftDocument"];

export function useDrifts(dataset: number, enabled = true) {
  return useQuery({
    queryKey: keys.drifts(dataset),
    queryFn: () =>
      unwrap(client.GET("/api/v1/datasets/{id}/drifts/", { params: { path: { id: dataset } } })),
    enabled,
    refetchInterval: 30_000,
  });
}
