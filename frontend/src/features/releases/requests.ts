// Listing, making, comparing and taking away releases.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { NewRelease, Page, Release, ReleaseComparison } from "@/api/types";

export function useReleases(project: number) {
  return usePages(
    keys.releases(project),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/releases/", {
          params: { path: { project_id: project }, query: { cursor } },
        }),
      ) as Promise<Page<Release>>,
    { refetchInterval: 3000 },
  );
}

export function useMakeRelease(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewRelease) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/releases/", {
          params: { path: { project_id: project } },
          body,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.releases(project) }),
  });
}

export function useRemoveRelease(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.DELETE("/api/v1/releases/{release_id}/", { params: { path: { release_id: id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.releases(project) }),
  });
}

export function useComparison(before: number, after: number) {
  return useQuery({
    queryKey: ["releases", before, "compare", after],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/releases/{release_id}/compare/{other_id}/", {
          params: { path: { release_id: before, other_id: after } },
        }),
      ) as Promise<ReleaseComparison>,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
