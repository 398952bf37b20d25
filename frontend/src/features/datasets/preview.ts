// An import looked at before it happens: files are sent once, checked as often as choices change.
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { client, unwrap } from "@/api/client";
import { type ApiError, asApiError } from "@/api/errors";
import { upload } from "@/api/http";
import type { Job } from "@/api/types";
import { planWhole, type Source } from "./plan";
import { type Forecast, forecastOf } from "./report";
import { follow } from "./uploads";

export type Role = "known" | "vote" | "proposal";
export const ROLES = ["known", "vote", "proposal"] as const;

export interface Choices {
  /** The format to read alone; "" for whatever each file is. */
  format: string;
  role: Role;
  source: string;
}

export interface ImportFormat {
  name: string;
  title: string;
  task_types: string[];
  automatic: boolean;
}

export function useImportFormats() {
  return useQuery({
    queryKey: ["import-formats"],
    queryFn: () => unwrap(client.GET("/api/v1/import-formats/")) as Promise<ImportFormat[]>,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface Place {
  kind: "folder" | "bucket";
  name: string;
  /** A folder or prefix below it; "" for all of it. */
  path: string;
}

export function useImportPlaces() {
  return useQuery({
    queryKey: ["import-places"],
    queryFn: () => unwrap(client.GET("/api/v1/import-places/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export type Checked =
  | { phase: "choose"; tooMany: boolean }
  | { phase: "sending"; share: number }
  | { phase: "checking"; share: number }
  | { phase: "told"; job: number; files: number; forecast: Forecast }
  | { phase: "failed"; error: ApiError };

export const FIRST: Choices = { format: "", role: "known", source: "" };

async function sendAll(
  dataset: number,
  files: readonly Source[],
  tell: (share: number) => void,
  signal: AbortSignal,
): Promise<Job> {
  const form = new FormData();
  form.append("preview", "true");
  for (const { file } of files) form.append("files", file, file.name);
  form.append("paths", JSON.stringify(files.map(({ path }) => path)));
  const { job } = await upload<{ job: Job }>(
    `/api/v1/datasets/${dataset}/items/`,
    form,
    (sent, total) => tell(sent / Math.max(1, total)),
    signal,
  );
  return job;
}

async function checkPlace(dataset: number, place: Place): Promise<Job> {
  const { job } = (await unwrap(
    client.POST("/api/v1/datasets/{id}/imports/places/", {
      params: { path: { id: dataset } },
      body: { ...FIRST, format: "", ...place, dry_run: true },
    }),
  )) as { job: Job };
  return job;
}

/** Imports what was checked, or with `dry_run` checks it again with other choices. */
export async function orderImport(
  dataset: number,
  preview: number,
  choices: Choices,
  dryRun: boolean,
): Promise<Job> {
  const { job } = (await unwrap(
    client.POST("/api/v1/datasets/{id}/imports/", {
      params: { path: { id: dataset } },
      body: { ...choices, format: choices.format as "coco" | "", preview, dry_run: dryRun },
    }),
  )) as { job: Job };
  return job;
}

/** The check of one import, from the choice of files to what would happen. */
export function usePreview(dataset: number) {
  const [checked, setChecked] = useState<Checked>({ phase: "choose", tooMany: false });
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);

  const run = useCallback(async (files: number, begin: (signal: AbortSignal) => Promise<Job>) => {
    stop.current.abort();
    stop.current = new AbortController();
    const { signal } = stop.current;
    try {
      const job = await begin(signal);
      const ended = await follow(job, signal, (now) =>
        setChecked({ phase: "checking", share: now.progress }),
      );
      const forecast = forecastOf(ended.result);
      if (!signal.aborted) setChecked({ phase: "told", job: job.id, files, forecast });
    } catch (error) {
      if (!signal.aborted) setChecked({ phase: "failed", error: asApiError(error) });
    }
  }, []);

  const send = useCallback(
    (sources: readonly Source[]) => {
      const files = planWhole(sources);
      if (files === null) {
        setChecked({ phase: "choose", tooMany: true });
        return;
      }
      if (files.length === 0) return;
      setChecked({ phase: "sending", share: 0 });
      void run(files.length, (signal) =>
        sendAll(dataset, files, (share) => setChecked({ phase: "sending", share }), signal),
      );
    },
    [dataset, run],
  );

  const look = useCallback(
    (place: Place) => {
      setChecked({ phase: "checking", share: 0 });
      void run(0, () => checkPlace(dataset, place));
    },
    [dataset, run],
  );

  const again = useCallback(
    (job: number, files: number, choices: Choices) => {
      setChecked({ phase: "checking", share: 0 });
      void run(files, () => orderImport(dataset, job, choices, true));
    },
    [dataset, run],
  );

  const restart = useCallback(() => setChecked({ phase: "choose", tooMany: false }), []);
  return { checked, send, look, again, restart };
}
