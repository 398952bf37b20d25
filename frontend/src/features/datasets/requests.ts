// Making, changing and deleting datasets.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";
import type { Dataset, NewDataset } from "@/api/types";

export function useCreateDataset() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewDataset) =>
      unwrap(client.POST("/api/v1/datasets/", { body })) as Promise<Dataset>,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.datasets }),
  });
}

export function useChangeDataset(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<NewDataset>) =>
      unwrap(client.PATCH("/api/v1/datasets/{id}/", { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.datasets }),
  });
}

export function useDeleteDataset() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/v1/datasets/{id}/", { params: { path: { id } } })),
    onSuccess: (_, id) => {
      queries.removeQueries({ queryKey: keys.dataset(id) });
      return queries.invalidateQueries({ queryKey: keys.datasets });
    },
  });
}
