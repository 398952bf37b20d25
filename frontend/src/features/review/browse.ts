// Requests of the items page: counts, saved views, and what is said about many items at once.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";
import type { components } from "@/api/schema";
import type { Query } from "./filters";

export type ItemEdit = components["schemas"]["EditDocument"];
export type Change = Omit<
  components["schemas"]["NewEditRequest"],
  "items" | "project" | "filters" | "expected"
>;

const ofProject = (project: number) => ({ path: { project_id: project } });
const viewsKey = (project: number) => ["projects", project, "views"];

export function useTaskCount(project: number, filters: Query) {
  return useQuery({
    queryKey: [...keys.tasks(project), "count", filters],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/tasks/count/", {
          params: { ...ofProject(project), query: filters as object },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useViews(project: number) {
  return useQuery({
    queryKey: viewsKey(project),
    queryFn: () =>
      unwrap(client.GET("/api/v1/projects/{project_id}/views/", { params: ofProject(project) })),
  });
}

export function useSaveView(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (view: { name: string; query: Query }) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/views/", {
          params: ofProject(project),
          body: view,
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: viewsKey(project) }),
  });
}

export function useDeleteView(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (view: number) =>
      unwrap(client.DELETE("/api/v1/views/{view_id}/", { params: { path: { view_id: view } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: viewsKey(project) }),
  });
}

export function useTags(dataset: number, enabled = true) {
  return useQuery({
    queryKey: [...keys.dataset(dataset), "tags"],
    queryFn: () =>
      unwrap(client.GET("/api/v1/datasets/{id}/tags/", { params: { path: { id: dataset } } })),
    enabled,
  });
}

/** Who has answered, for the filter; at most as many as fit into a select. */
export function useAnswerers(project: number, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.labelersOf(project), "answerers"],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/labelers/", {
          params: { ...ofProject(project), query: { limit: 200 } },
        }),
      ).then((page) => page.results),
    enabled,
  });
}

interface Wanted {
  filters: Query;
  change: Change;
  /** Left out where the count was no exact one. */
  expected: number | undefined;
}

export function useEditItems(project: number, dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ filters, change, expected }: Wanted) =>
      unwrap(
        client.POST("/api/v1/datasets/{id}/edits/", {
          params: { path: { id: dataset } },
          body: { ...change, project, filters: filters as object, expected },
        }),
      ),
    onSuccess: () => forget(queries, project, dataset),
  });
}

export function useUndoEdit(project: number, dataset: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (edit: number) =>
      unwrap(
        client.POST("/api/v1/item-edits/{edit_id}/undo/", {
          params: { path: { edit_id: edit } },
        }),
      ),
    onSuccess: (edit) => {
      queries.setQueryData(["item-edits", edit.id], edit);
      forget(queries, project, dataset);
    },
  });
}

/** An edit on its way, looked at each second until it is through. */
export function useEdit(edit: ItemEdit) {
  return useQuery({
    queryKey: ["item-edits", edit.id],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/item-edits/{edit_id}/", { params: { path: { edit_id: edit.id } } }),
      ),
    initialData: edit,
    refetchInterval: ({ state }) =>
      state.data?.state === "waiting" || state.data?.state === "undoing" ? 1_000 : false,
  });
}

function forget(queries: ReturnType<typeof useQueryClient>, project: number, dataset: number) {
  void queries.invalidateQueries({ queryKey: ["projects", project, "tasks"] });
  void queries.invalidateQueries({ queryKey: keys.dataset(dataset) });
}
