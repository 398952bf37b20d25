// Previewing, starting, listing and deleting exports.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { hasEnded } from "@/api/jobs";
import { keys, usePages } from "@/api/query";
import type { Export, ExportFormat, ExportPreview, Page } from "@/api/types";
import { type Order, requestOf } from "./order";

export function usePreview(project: number, order: Order) {
  const query = requestOf(order);
  return useQuery({
    queryKey: [...keys.exports(project), "preview", query],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/exports/preview/", {
          params: { path: { project_id: project }, query },
        }),
      ) as Promise<ExportPreview>,
    placeholderData: keepPreviousData,
  });
}

/** The formats that can say the answers of this project. */
export function useFormats(project: number) {
  return useQuery({
    queryKey: [...keys.exports(project), "formats"],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/exports/formats/", {
          params: { path: { project_id: project } },
        }),
      ) as Promise<ExportFormat[]>,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The views that are saved on the items page. */
export function useViews(project: number) {
  return useQuery({
    queryKey: ["projects", project, "views"],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/views/", {
          params: { path: { project_id: project } },
        }),
      ),
  });
}

/** The newest finished releases, to export one of them. */
export function useFinishedReleases(project: number) {
  return useQuery({
    queryKey: [...keys.releases(project), "finished"],
    queryFn: async () => {
      const page = await unwrap(
        client.GET("/api/v1/projects/{project_id}/releases/", {
          params: { path: { project_id: project }, query: { limit: 100 } },
        }),
      );
      return page.results.filter(({ sha256 }) => sha256);
    },
  });
}

/** Whether a file is still to come. */
export const onItsWay = (made: Export) =>
  made.job !== null && !hasEnded(made.job) && !made.download_url;

export function useExports(project: number) {
  const pages = usePages(
    [...keys.exports(project), "list"],
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/exports/", {
          params: { path: { project_id: project }, query: { cursor } },
        }),
      ) as Promise<Page<Export>>,
    { refetchInterval: 3000 },
  );
  return { ...pages, busy: pages.rows.some(onItsWay) };
}

export function useStartExport(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (order: Order) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/exports/", {
          params: { path: { project_id: project } },
          body: requestOf(order),
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...keys.exports(project), "list"] }),
  });
}

export function useCancelExport(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (job: number) =>
      unwrap(client.POST("/api/v1/jobs/{job_id}/cancel/", { params: { path: { job_id: job } } })),
    // One that was done in the meantime cannot be cancelled: look at what there is.
    onSettled: () => queries.invalidateQueries({ queryKey: [...keys.exports(project), "list"] }),
  });
}

export function useDeleteExport(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.DELETE("/api/v1/exports/{export_id}/", { params: { path: { export_id: id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: [...keys.exports(project), "list"] }),
  });
}
