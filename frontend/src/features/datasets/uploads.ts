// Uploads under way. They live outside of the page: going elsewhere in the meantime stops nothing.
import { createStore } from "zustand/vanilla";
import { client, unwrap } from "@/api/client";
import { type ApiError, asApiError } from "@/api/errors";
import { upload } from "@/api/http";
import { hasEnded } from "@/api/jobs";
import { keys, queryClient } from "@/api/query";
import type { Job } from "@/api/types";
import { type Plan, planUpload, type Source } from "./plan";
import { NOTHING, type UploadReport, withResult } from "./report";

export interface Upload {
  id: number;
  dataset: number;
  files: number;
  bytes: number;
  sent: number;
  phase: "sending" | "reading" | "done" | "failed" | "cancelled";
  /** Of the reading, 0 to 1. */
  progress: number;
  message: string;
  report: UploadReport;
  error: ApiError | null;
}

export const uploads = createStore<{ list: readonly Upload[] }>(() => ({ list: [] }));

const stops = new Map<number, AbortController>();
let lastId = 0;

function change(id: number, part: Partial<Upload>): void {
  uploads.setState(({ list }) => ({
    list: list.map((one) => (one.id === id ? { ...one, ...part } : one)),
  }));
}

export function startUpload(dataset: number, sources: readonly Source[]): void {
  const plan = planUpload(sources);
  const count = plan.batches.flat().length + plan.tables.length;
  if (count === 0) return;
  lastId += 1;
  const id = lastId;
  const begun: Upload = {
    id,
    dataset,
    files: count,
    bytes: plan.bytes,
    sent: 0,
    phase: "sending",
    progress: 0,
    message: "",
    report: { ...NOTHING, ignored: plan.ignored },
    error: null,
  };
  const stop = new AbortController();
  stops.set(id, stop);
  uploads.setState(({ list }) => ({ list: [begun, ...list] }));
  void run(begun, plan, stop.signal).catch((error: unknown) => {
    const known = asApiError(error);
    change(id, stop.signal.aborted ? { phase: "cancelled" } : { phase: "failed", error: known });
  });
}

/** Shows the import of files that are on the server already, and follows it to its end. */
export function followImport(dataset: number, files: number, job: Job): void {
  lastId += 1;
  const id = lastId;
  const stop = new AbortController();
  stops.set(id, stop);
  const begun: Upload = {
    id,
    dataset,
    files,
    bytes: 0,
    sent: 0,
    phase: "reading",
    progress: 0,
    message: "",
    report: NOTHING,
    error: null,
  };
  uploads.setState(({ list }) => ({ list: [begun, ...list] }));
  void follow(job, stop.signal, (now) =>
    change(id, { progress: now.progress, message: now.message }),
  ).then(
    (ended) => {
      change(id, { phase: "done", progress: 1, report: withResult(NOTHING, ended.result) });
      refresh();
    },
    (error: unknown) => {
      const known = asApiError(error);
      change(id, stop.signal.aborted ? { phase: "cancelled" } : { phase: "failed", error: known });
    },
  );
}

export function cancelUpload(id: number): void {
  stops.get(id)?.abort();
}

export function dismissUpload(id: number): void {
  uploads.setState(({ list }) => ({ list: list.filter((one) => one.id !== id) }));
}

async function run(begun: Upload, plan: Plan, signal: AbortSignal): Promise<void> {
  const { id, dataset } = begun;
  let before = 0;
  let report = begun.report;
  const send = async (batch: readonly Source[]): Promise<Job> => {
    const bytes = batch.reduce((sum, { file }) => sum + file.size, 0);
    const form = new FormData();
    for (const { file } of batch) form.append("files", file, file.name);
    // The server keeps only the last part of a file's own name.
    form.append("paths", JSON.stringify(batch.map(({ path }) => path)));
    const { job } = await upload<{ job: Job }>(
      `/api/v1/datasets/${dataset}/items/`,
      form,
      // The form's own bytes are a little more than the files'.
      (sent, total) => change(id, { sent: before + (sent / Math.max(1, total)) * bytes }),
      signal,
    );
    before += bytes;
    change(id, { sent: before });
    return job;
  };
  const read = async (jobs: readonly Job[]): Promise<void> => {
    change(id, { phase: "reading" });
    for (const [at, job] of jobs.entries()) {
      const ended = await follow(job, signal, (now) =>
        change(id, { progress: (at + now.progress) / jobs.length, message: now.message }),
      );
      report = withResult(report, ended.result);
      change(id, { report });
      refresh();
    }
  };
  const jobs: Job[] = [];
  for (const batch of plan.batches) jobs.push(await send(batch));
  await read(jobs);
  if (plan.tables.length > 0) await read([await send(plan.tables)]);
  change(id, { phase: "done", progress: 1, message: "" });
}

/** Asks until the job has ended; a server that is away for a moment is asked again. */
export async function follow(
  job: Job,
  signal: AbortSignal,
  tell: (job: Job) => void,
): Promise<Job> {
  let now = job;
  for (;;) {
    if (hasEnded(now)) break;
    await pause(800, signal);
    try {
      now = (await unwrap(
        client.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: job.id } }, signal }),
      )) as Job;
    } catch (error) {
      const { status } = asApiError(error);
      if (signal.aborted || (status >= 400 && status < 500 && status !== 401 && status !== 429)) {
        throw error;
      }
    }
    tell(now);
  }
  if (now.state === "done") return now;
  throw asApiError(new Error(now.error?.detail || now.message || now.state));
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}

function refresh(): void {
  void queryClient.invalidateQueries({ queryKey: keys.datasets });
  void queryClient.invalidateQueries({ queryKey: keys.projects });
}

const unsent = () => uploads.getState().list.some((one) => one.phase === "sending");

if (typeof window !== "undefined") {
  window.addEventListener("beforeunload", (event) => {
    if (unsent()) event.preventDefault();
  });
}
