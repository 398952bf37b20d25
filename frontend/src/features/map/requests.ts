// The map of a dataset: when it was drawn, its points, their colours, and what is done with some.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { asApiError } from "@/api/errors";
import { keys } from "@/api/query";
import type { components } from "@/api/schema";
import { readCodes, readPoints } from "./points";

export type MapReport = components["schemas"]["MapDocument"];
export type By = "split" | "group" | "import" | "label" | "status" | "predicted";

const mapKey = (dataset: number) => [...keys.dataset(dataset), "map"];
const ofDataset = (id: number) => ({ path: { id } });

/** Asked again while a worker is at it. */
export function useMapReport(dataset: number) {
  return useQuery({
    queryKey: mapKey(dataset),
    queryFn: () => unwrap(client.GET("/api/v1/datasets/{id}/map/", { params: ofDataset(dataset) })),
    refetchInterval: ({ state }) => (state.data?.drawing ? 2_000 : false),
  });
}

export function useDraw(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(client.POST("/api/v1/datasets/{id}/map/", { params: ofDataset(dataset) })),
    onSettled: () => queries.invalidateQueries({ queryKey: mapKey(dataset) }),
  });
}

export function usePoints(dataset: number, sha256: string) {
  return useQuery({
    queryKey: [...mapKey(dataset), "points", sha256],
    queryFn: async () => {
      const answer = await fetch(`/api/v1/datasets/${dataset}/map/points/`, {
        credentials: "same-origin",
      }).catch((error: unknown) => Promise.reject(asApiError(error)));
      if (!answer.ok) throw asApiError(new Error(`${answer.status}`));
      return readPoints(await answer.arrayBuffer());
    },
    enabled: sha256 !== "",
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useColours(dataset: number, sha256: string, by: By, project: number | undefined) {
  return useQuery({
    queryKey: [...mapKey(dataset), "colours", sha256, by, project ?? null],
    queryFn: async () => {
      const found = await unwrap(
        client.GET("/api/v1/datasets/{id}/map/colours/", {
          params: { ...ofDataset(dataset), query: { by, project } },
        }),
      );
      return { names: found.names, counts: found.counts, codes: readCodes(found.codes) };
    },
    enabled: sha256 !== "",
  });
}

export function useSimilar(id: number | null, count: number) {
  return useQuery({
    queryKey: [...keys.item(id ?? 0), "similar", count],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/items/{id}/similar/", {
          params: { path: { id: id ?? 0 }, query: { count } },
        }),
      ),
    enabled: id !== null,
    staleTime: 120_000,
  });
}

/** Puts a tag on items, so that the items page can show them alone. */
export function useTagItems(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ items, tag }: { items: number[]; tag: string }) =>
      unwrap(
        client.POST("/api/v1/datasets/{id}/edits/", {
          params: ofDataset(dataset),
          body: { items, add_tags: [tag] },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...keys.dataset(dataset), "tags"] }),
  });
}
