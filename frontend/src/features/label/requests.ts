// What the label screen asks the server for; answers go through the outbox instead.
import { client, unwrap } from "@/api/client";
import { errorFrom, unreachable } from "@/api/errors";
import type { HistoryRow, LeaseBatch, LeasedTask } from "@/api/types";
import type { ItemPicture } from "@/task-types/base";

/** A leased task with its end in this machine's time. */
export interface Offered extends LeasedTask {
  item: LeasedTask["item"] & Pick<ItemPicture, "other" | "page">;
  expiresAt: number;
  /** When what the server keeps of it was begun or last changed, in this machine's time. */
  begunAt: number | null;
}

export interface Offer {
  tasks: Offered[];
  message: string | null;
  /** They themselves are given nothing new, and may appeal. */
  paused: boolean;
  /** Milliseconds that the server's clock is ahead of this machine's. */
  skew: number;
  /** Version of the label schema that answers are given under now. */
  schemaVersion: number;
}

/** How far the server's clock is ahead of this one, from a reply's Date; half a second is lost. */
export function clockSkew(date: string | null, now: number): number {
  const server = date === null ? Number.NaN : Date.parse(date);
  return Number.isNaN(server) ? 0 : server - now;
}

/** The second item of a pair, which other questions do not have. */
export function otherOf(row: Pick<LeasedTask | HistoryRow, "other_item">): ItemPicture | null {
  return row.other_item;
}

export function offered(batch: LeaseBatch, skew: number): Offer {
  const tasks = batch.tasks.map((task) => ({
    ...task,
    item: { ...task.item, other: otherOf(task), page: task.page },
    expiresAt: Date.parse(task.lease.expires_at) - skew,
    begunAt: task.draft ? Date.parse(task.draft.saved_at) - skew : null,
  }));
  const { message, schema_version: schemaVersion } = batch;
  return { tasks, message, paused: batch.paused ?? false, skew, schemaVersion };
}

/**
 * `resume` gives back first what this labeler holds already, as after a reload; `hold` asks for
 * leases of so many seconds, for work without a line.
 */
export async function leaseTasks(
  project: number,
  count: number,
  resume: boolean,
  hold: number | null = null,
): Promise<Offer> {
  const call = client.POST("/api/v1/projects/{project_id}/lease/", {
    params: { path: { project_id: project } },
    body: { count, resume, hold_seconds: hold },
  });
  const { data, error, response } = await call.catch(() => {
    throw unreachable();
  });
  if (!data) throw errorFrom(response.status, error);
  const skew = clockSkew(response.headers.get("Date"), Date.now());
  return offered(data as LeaseBatch, skew);
}

/** Starts the lease's time anew; the new end in the server's time. */
export async function extendLease(lease: string): Promise<number> {
  const reply = await unwrap(
    client.POST("/api/v1/leases/{lease_id}/extend/", { params: { path: { lease_id: lease } } }),
  );
  return Date.parse(reply.expires_at);
}

/** The labeler's latest answers in the project, newest first. */
export async function latestAnswers(project: number): Promise<HistoryRow[]> {
  const page = await unwrap(
    client.GET("/api/v1/projects/{project_id}/history/", {
      params: { path: { project_id: project }, query: { limit: 20 } },
    }),
  );
  return page.results as HistoryRow[];
}
