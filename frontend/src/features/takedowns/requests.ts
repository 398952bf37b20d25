// What would go, what is to go for good, and what went.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";
import type { Chosen } from "./chosen";

type Schemas = components["schemas"];
export type Takedown = Schemas["TakedownDocument"];
export type Preview = Schemas["TakedownPreview"];

const listKey = (dataset: number) => [...keys.dataset(dataset), "takedowns"];
const ofDataset = (id: number) => ({ params: { path: { id } } });

export function usePreview(dataset: number) {
  return useMutation({
    mutationFn: (chosen: Chosen) =>
      unwrap(
        client.POST("/api/v1/datasets/{id}/takedowns/preview/", {
          ...ofDataset(dataset),
          body: chosen as Schemas["TakedownSelectionRequest"],
        }),
      ),
  });
}

export interface Sure {
  reason: string;
  expected: number;
  confirm: string;
}

export function useTakeDown(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Chosen & Sure) =>
      unwrap(
        client.POST("/api/v1/datasets/{id}/takedowns/", {
          ...ofDataset(dataset),
          body: body as Schemas["NewTakedownRequest"],
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.dataset(dataset) }),
  });
}

/** The newest first; asked again while one is under way. */
export function useTakedowns(dataset: number) {
  return usePages(
    listKey(dataset),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/datasets/{id}/takedowns/", {
          params: { path: { id: dataset }, query: { cursor, limit: 20 } },
        }),
      ),
    { refetchInterval: 4_000 },
  );
}

export function useLift(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.POST("/api/v1/takedowns/{takedown_id}/lift/", {
          params: { path: { takedown_id: id } },
          body: {},
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: listKey(dataset) }),
  });
}
