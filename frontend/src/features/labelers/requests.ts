// Figures of labelers: the list, all together, one of them, one's own.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import type { paths } from "@/api/paths";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type LabelerRow = Schemas["LabelerListRow"];
export type LabelerFigures = Schemas["LabelerDocument"];
export type LabelerWeek = Schemas["LabelerWeek"];
export type Together = Schemas["LabelersTogether"];
export type OwnFigures = Schemas["OwnFigures"];
export type MyWork = Schemas["MyWorkDocument"];
export type Figure = Schemas["FigureInterval"];
type Ordering = NonNullable<
  NonNullable<paths["/api/v1/projects/{project_id}/labelers/"]["get"]["parameters"]["query"]>
>["ordering"];

export function useLabelers(project: number, ordering: string) {
  return usePages(keys.labelers(project, ordering), (cursor) =>
    unwrap(
      client.GET("/api/v1/projects/{project_id}/labelers/", {
        params: {
          path: { project_id: project },
          query: { cursor, ordering: ordering as Ordering },
        },
      }),
    ),
  );
}

/** Asked again while the figures are being worked out. */
export function useTogether(project: number) {
  return useQuery({
    queryKey: keys.labelersTogether(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/labelers/together/", {
          params: { path: { project_id: project } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data?.computing ? 1500 : 15_000),
  });
}

export function useRefresh(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/labelers/together/", {
          params: { path: { project_id: project } },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.labelersOf(project) }),
  });
}

export function useLabeler(project: number, labeler: number) {
  return useQuery({
    queryKey: keys.labeler(project, labeler),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/labelers/{labeler_id}/", {
          params: { path: { project_id: project, labeler_id: labeler } },
        }),
      ),
  });
}

export function useOwnFigures(project: number) {
  return useQuery({
    queryKey: keys.ownFigures(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/my-figures/", {
          params: { path: { project_id: project } },
        }),
      ),
  });
}

/** One's own answers by day, in the days of this browser. */
export function useMyWork(project: number) {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return useQuery({
    queryKey: [...keys.project(project), "my-work", timeZone],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/my-work/", {
          params: { path: { project_id: project }, query: { timezone: timeZone || "UTC" } },
        }),
      ),
    refetchInterval: 30_000,
  });
}
