// Groups of duplicates of a dataset, when they were searched for, and what is decided about them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";

export type Group = components["schemas"]["DuplicateGroupDocument"];
export type Member = Group["members"][number];
export type State = Group["state"];
export type Kind = Group["kind"];
export type Report = components["schemas"]["DuplicateReportDocument"];

const listKey = (dataset: number) => [...keys.dataset(dataset), "duplicates", "list"];
const reportKey = (dataset: number) => [...keys.dataset(dataset), "duplicates", "report"];
const ofDataset = (id: number) => ({ path: { id } });

export function useGroups(dataset: number, state: State, kind: Kind | undefined, made: string) {
  return usePages([...listKey(dataset), state, kind ?? "any", made], (cursor) =>
    unwrap(
      client.GET("/api/v1/datasets/{id}/duplicates/", {
        params: { ...ofDataset(dataset), query: { cursor, limit: 20, state, kind } },
      }),
    ),
  );
}

/** Asked again while a worker is at it. */
export function useReport(dataset: number) {
  return useQuery({
    queryKey: reportKey(dataset),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/datasets/{id}/duplicates/report/", { params: ofDataset(dataset) }),
      ),
    refetchInterval: ({ state }) => (state.data?.searching ? 2_000 : false),
  });
}

export function useSearch(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/datasets/{id}/duplicates/report/", { params: ofDataset(dataset) }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: reportKey(dataset) }),
  });
}

export type Decision =
  | { group: number; state: "kept"; keep: number }
  | { group: number; state: "distinct" | "open" };

export function useDecide(dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (said: Decision) => unwrap(send(said)),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: [...keys.dataset(dataset), "tags"] });
      void queries.invalidateQueries({ queryKey: reportKey(dataset) });
      return queries.invalidateQueries({ queryKey: listKey(dataset) });
    },
  });
}

function send(said: Decision) {
  const params = { path: { group_id: said.group } };
  if (said.state === "kept") {
    const body = { item: said.keep };
    return client.POST("/api/v1/duplicate-groups/{group_id}/keep/", { params, body });
  }
  return said.state === "distinct"
    ? client.POST("/api/v1/duplicate-groups/{group_id}/distinct/", { params })
    : client.POST("/api/v1/duplicate-groups/{group_id}/reopen/", { params });
}
