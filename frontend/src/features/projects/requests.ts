// Listing, making and changing projects.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { NewProject, Page, PairsRequest, Project, ProjectChanges } from "@/api/types";

export function useProjects() {
  return usePages(
    keys.projects,
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/", { params: { query: { cursor, limit: 100 } } }),
      ) as Promise<Page<Project>>,
    { refetchInterval: 5000 },
  );
}

export function useCreateProject() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewProject) =>
      unwrap(client.POST("/api/v1/projects/", { body })) as Promise<Project>,
    onSuccess: (project) => {
      queries.setQueryData(keys.project(project.id), project);
      void queries.invalidateQueries({ queryKey: keys.projects });
      void queries.invalidateQueries({ queryKey: keys.datasets });
    },
  });
}

export function useChangeProject(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectChanges) =>
      unwrap(
        client.PATCH("/api/v1/projects/{project_id}/", {
          params: { path: { project_id: id } },
          body,
        }),
      ) as Promise<Project>,
    onSuccess: (project) => {
      queries.setQueryData(keys.project(id), project);
      void queries.invalidateQueries({ queryKey: keys.projects });
    },
  });
}

export function useAddPairs(id: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<PairsRequest>) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/pairs/", {
          params: { path: { project_id: id } },
          body: body as PairsRequest,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.project(id) }),
  });
}
