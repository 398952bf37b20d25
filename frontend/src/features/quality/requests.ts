// Quality of a project: figures, forecasts, gold, pauses and consensus runs.
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { hasEnded } from "@/api/jobs";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";
import type { Shaped } from "@/api/types";

export type Schemas = components["schemas"];
export type Quality = Schemas["QualityDocument"];
export type RuleForecast = Schemas["RuleForecast"];
export type Gold = Shaped<Schemas["GoldDocument"]>;
export type GoldOverview = Schemas["GoldOverview"];
export type GoldLabeler = Schemas["GoldLabeler"];
export type ConsensusRun = Shaped<Schemas["ConsensusRunDocument"]>;
export type Anchoring = Schemas["AnchoringDocument"];
export type AnchoredLabeler = Schemas["AnchoredLabeler"];
export type RunChange = Schemas["RunChangeDocument"];

/** The overlap rule as the server names its parts. */
export interface Rule {
  confidence: number;
  min_votes: number;
  max_votes: number;
}

const under = (project: number, ...rest: unknown[]) =>
  [...keys.project(project), "quality", ...rest] as const;
const at = (project: number) => ({ path: { project_id: project } });

export function useQuality(project: number) {
  return useQuery({
    queryKey: under(project, "figures"),
    queryFn: () =>
      unwrap(client.GET("/api/v1/projects/{project_id}/quality/", { params: at(project) })),
    refetchInterval: 10_000,
  });
}

/** What proposals do to answers. */
export function useAnchoring(project: number) {
  return useQuery({
    queryKey: under(project, "anchoring"),
    queryFn: () =>
      unwrap(client.GET("/api/v1/projects/{project_id}/anchoring/", { params: at(project) })),
    refetchInterval: 30_000,
  });
}

/** What a rule would cost; the last answer stays in sight while the next one is worked out. */
export function useForecast(project: number, rule: Rule) {
  return useQuery({
    queryKey: under(project, "forecast", rule),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/forecast/", {
          params: { ...at(project), query: { ...rule } },
        }),
      ),
    placeholderData: keepPreviousData,
  });
}

export function useChangeSettings(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas["PatchedProjectChangesRequest"]) =>
      unwrap(client.PATCH("/api/v1/projects/{project_id}/", { params: at(project), body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

export function useGold(project: number) {
  return usePages(under(project, "gold"), (cursor) =>
    unwrap(
      client.GET("/api/v1/projects/{project_id}/gold/", {
        params: { ...at(project), query: { cursor } },
      }),
    ),
  );
}

export function useGoldOverview(project: number) {
  return useQuery({
    queryKey: under(project, "gold", "overview"),
    queryFn: () =>
      unwrap(client.GET("/api/v1/projects/{project_id}/gold/overview/", { params: at(project) })),
  });
}

export function useGoldLabelers(project: number) {
  return usePages(
    under(project, "labelers"),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/gold/labelers/", {
          params: { ...at(project), query: { cursor, limit: 100 } },
        }),
      ),
    { refetchInterval: 10_000 },
  );
}

function useRefresh(project: number) {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: keys.project(project) });
}

export function useRetireGold(project: number) {
  const refresh = useRefresh(project);
  return useMutation({
    mutationFn: (gold: number) =>
      unwrap(client.DELETE("/api/v1/gold/{gold_id}/", { params: { path: { gold_id: gold } } })),
    onSettled: refresh,
  });
}

export type PauseChange =
  | { kind: "pause"; reason: string }
  | { kind: "resume" }
  | { kind: "reply"; message: string }
  | { kind: "counted"; counted: boolean };

/** What a manager does about a member's pause. */
export function usePauseChange(project: number, member: number) {
  const refresh = useRefresh(project);
  const params = { path: { member_id: member } };
  return useMutation({
    mutationFn: async (change: PauseChange) => {
      if (change.kind === "pause") {
        const body = { reason: change.reason };
        return unwrap(client.POST("/api/v1/members/{member_id}/pause/", { params, body }));
      }
      if (change.kind === "reply") {
        const body = { message: change.message };
        return unwrap(client.POST("/api/v1/members/{member_id}/reply/", { params, body }));
      }
      if (change.kind === "counted") {
        const body = { counted: change.counted };
        return unwrap(client.PUT("/api/v1/members/{member_id}/counted/", { params, body }));
      }
      return unwrap(client.POST("/api/v1/members/{member_id}/resume/", { params }));
    },
    onSettled: refresh,
  });
}

export function underWay(run: Pick<ConsensusRun, "job">): boolean {
  return run.job !== null && !hasEnded(run.job);
}

export function useConsensusRuns(project: number) {
  return usePages(
    under(project, "runs"),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/consensus-runs/", {
          params: { ...at(project), query: { cursor } },
        }),
      ),
    { refetchInterval: 3000 },
  );
}

export function useConsensusRun(project: number, id: number) {
  return useQuery({
    queryKey: under(project, "runs", id),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/consensus-runs/{consensus_run_id}/", {
          params: { path: { consensus_run_id: id } },
        }),
      ),
    refetchInterval: ({ state }) => (state.data && !underWay(state.data) ? false : 1000),
  });
}

/** What a run would change; of merged answers the greatest changes first. */
export function useRunChanges(
  project: number,
  id: number,
  pair: { before: string; after: string } | null,
  ordering: "id" | "-distance",
) {
  return usePages(under(project, "runs", id, "changes", pair, ordering), (cursor) =>
    unwrap(
      client.GET("/api/v1/consensus-runs/{consensus_run_id}/changes/", {
        params: { path: { consensus_run_id: id }, query: { cursor, ordering, ...(pair ?? {}) } },
      }),
    ),
  );
}

export function useStartConsensusRun(project: number) {
  const refresh = useRefresh(project);
  return useMutation({
    mutationFn: (body: { method: string; params: Record<string, number> }) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/consensus-runs/", {
          params: at(project),
          body,
        }),
      ),
    onSuccess: refresh,
  });
}

export function usePutInForce(project: number, id: number) {
  const refresh = useRefresh(project);
  const params = { path: { consensus_run_id: id } };
  return useMutation({
    mutationFn: async (what: "promote" | "roll-back") =>
      what === "promote"
        ? unwrap(client.POST("/api/v1/consensus-runs/{consensus_run_id}/promote/", { params }))
        : unwrap(client.POST("/api/v1/consensus-runs/{consensus_run_id}/roll-back/", { params })),
    onSettled: refresh,
  });
}
