// Runs and versions: listing, following, starting, stopping, resuming, serving.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";
import type { ModelVersion, Page, Run, RunDetail, RunEvent } from "@/api/types";

export function underWay(run: Pick<Run, "state">): boolean {
  return run.state === "pending" || run.state === "running";
}

export function useRuns(project: number) {
  return usePages(
    keys.runs(project),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project }, query: { cursor } },
        }),
      ) as Promise<Page<Run>>,
    { refetchInterval: 3000 },
  );
}

export function useVersions(project: number) {
  return usePages(
    keys.versions(project),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/versions/", {
          params: { path: { project_id: project }, query: { cursor } },
        }),
      ) as Promise<Page<ModelVersion>>,
    { refetchInterval: 5000 },
  );
}

/** Events in order, those that were asked for twice once. */
export function withEvents(known: readonly RunEvent[], fresh: readonly RunEvent[]): RunEvent[] {
  const last = known.at(-1)?.no ?? 0;
  const added = fresh.filter(({ no }) => no > last);
  return added.length === 0 ? (known as RunEvent[]) : [...known, ...added];
}

/** A run with all it has reported; only what is new is asked for. */
export function useRun(id: number) {
  const events = useRef<{ run: number; list: RunEvent[] }>({ run: id, list: [] });
  return useQuery({
    queryKey: keys.run(id),
    queryFn: async () => {
      if (events.current.run !== id) events.current = { run: id, list: [] };
      const after = events.current.list.at(-1)?.no ?? 0;
      const run = (await unwrap(
        client.GET("/api/v1/runs/{run_id}/", {
          params: { path: { run_id: id }, query: { after } },
        }),
      )) as RunDetail;
      events.current.list = withEvents(events.current.list, run.events);
      return { ...run, events: events.current.list };
    },
    refetchInterval: ({ state }) => (state.data && !underWay(state.data) ? false : 1500),
    // Each answer holds only what is new, so nothing may be thrown away and asked for again.
    structuralSharing: false,
  });
}

export type Mistake = components["schemas"]["Mistake"];

/** Where the model of a run is wrong; asked for once it has ended. */
export function useMistakes(id: number, state: Run["state"]) {
  return useQuery({
    queryKey: [...keys.run(id), "mistakes", state],
    queryFn: () =>
      unwrap(client.GET("/api/v1/runs/{run_id}/mistakes/", { params: { path: { run_id: id } } })),
    staleTime: 60_000,
  });
}

export function useBudget(project: number) {
  return useQuery({
    queryKey: [...keys.runs(project), "budget"],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/training-budget/", {
          params: { path: { project_id: project } },
        }),
      ),
    refetchInterval: 15_000,
  });
}

/** The same recipe and seed on the same labels once more. */
export function useRepeatRun(run: Pick<Run, "id" | "project">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/runs/{run_id}/repeat/", { params: { path: { run_id: run.id } } }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.runs(run.project) }),
  });
}

export function useStartRun(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { recipe: string; seed: number; budget?: number | null }) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/runs/", {
          params: { path: { project_id: project } },
          body,
        }),
      ) as Promise<RunDetail>,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.runs(project) }),
  });
}

export function useCancelRun(run: Pick<Run, "id" | "project">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/runs/{run_id}/cancel/", { params: { path: { run_id: run.id } } }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.run(run.id) });
      void queries.invalidateQueries({ queryKey: keys.runs(run.project) });
    },
  });
}

/** A run that failed or was cancelled goes on from its last checkpoint: its job is tried again. */
export function useResumeRun(run: Pick<Run, "id" | "project" | "job">) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        client.POST("/api/v1/jobs/{job_id}/retry/", {
          params: { path: { job_id: run.job ?? 0 } },
        }),
      ),
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: keys.run(run.id) });
      void queries.invalidateQueries({ queryKey: keys.runs(run.project) });
    },
  });
}

export function useServeVersion(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (version: number) =>
      unwrap(
        client.POST("/api/v1/versions/{version_id}/promote/", {
          params: { path: { version_id: version } },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: keys.versions(project) });
      void queries.invalidateQueries({ queryKey: keys.report(project) });
    },
  });
}
