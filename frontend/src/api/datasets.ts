// Datasets and their items, as several screens read them.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys, usePages } from "./query";
import type { Dataset, DatasetDetail, Item, ItemDetail, Page } from "./types";

export interface ItemFilters {
  split?: string;
  group?: string;
  search?: string;
}

const byId = (id: number) => ({ path: { id } });

export function useDatasets(enabled = true) {
  return usePages(
    keys.datasets,
    (cursor) =>
      unwrap(client.GET("/api/v1/datasets/", { params: { query: { cursor } } })) as Promise<
        Page<Dataset>
      >,
    { enabled },
  );
}

export function useDataset(id: number, refetchInterval: number | false = false) {
  return useQuery({
    queryKey: keys.dataset(id),
    queryFn: () =>
      unwrap(client.GET("/api/v1/datasets/{id}/", { params: byId(id) })) as Promise<DatasetDetail>,
    enabled: Number.isInteger(id) && id > 0,
    refetchInterval,
  });
}

/** Items page by page; large pages, since a grid shows hundreds at once. */
export function useItems(dataset: number, filters: ItemFilters, limit = 200) {
  return usePages(
    keys.items(dataset, { ...filters, limit }),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/datasets/{id}/items/", {
          params: { ...byId(dataset), query: { ...filters, cursor, limit } },
        }),
      ) as Promise<Page<Item>>,
  );
}

/** One item by itself, with what is known of it everywhere. */
export function useItem(id: number | null) {
  return useQuery({
    queryKey: keys.item(id ?? 0),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/items/{id}/", { params: { path: { id: id ?? 0 } } }),
      ) as Promise<ItemDetail>,
    enabled: id !== null,
    staleTime: 120_000,
  });
}

/** The first few items, to show what a dataset is made of. */
export function useSampleItems(dataset: number, count: number, enabled = true) {
  return useQuery({
    queryKey: keys.items(dataset, { sample: count }),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/datasets/{id}/items/", {
          params: { ...byId(dataset), query: { limit: count } },
        }),
      ).then((page) => page.results),
    enabled: enabled && Number.isInteger(dataset) && dataset > 0,
    retry: false,
    // Signed addresses of pictures end after a few minutes.
    staleTime: 120_000,
  });
}
