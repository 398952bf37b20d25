// One answer on its way to the server, and what the server's reply means for it.
import { equalJson } from "@/lib/equal";

export interface EntryError {
  status: number;
  code: string;
  detail: string;
}

export interface Entry {
  /** Made once and sent with every try: the server stores it and answers repeats alike. */
  key: string;
  /** Entries are sent from the smallest to the largest. */
  order: number;
  /** Whoever signs in next must not send it as their own. */
  user: number;
  kind: "submit" | "revise" | "skip" | "flag" | "grid";
  method: "POST" | "PATCH" | "DELETE";
  /** May hold `{id}`, and `ifMatch` may hold `{version}`, until the entry `after` is answered. */
  path: string;
  body: unknown;
  ifMatch?: string;
  /** Key of the entry whose reply brings the id and version that this one needs. */
  after?: string;
  /** Not sent before this moment of this machine's clock, so that it can be taken back until then. */
  notBefore?: number;
  state: "waiting" | "rejected";
  attempts: number;
  error: EntryError | null;
  createdAt: number;
  /** For people who look at the list. */
  note: { project: number; task: number; text: string; thumb?: string; votes?: number };
}

export type NewEntry = Omit<Entry, "order" | "user" | "state" | "attempts" | "error" | "createdAt">;

export interface EntryReply {
  status: number;
  body: unknown;
  retryAfter: number | null;
}

export type Verdict = "done" | "keep" | "park";

const KEEP = new Set([0, 401, 403, 408, 425, 429]);
/** Refusals of our own: unlike a session that lacks its token, they do not pass by themselves. */
const NOT_ALLOWED = new Set<string | undefined>(["not_allowed", "paused"]);

/** Whether an entry is finished, to be tried again, or refused for good. */
export function judge(entry: Entry, { status, body }: EntryReply): Verdict {
  if (status >= 200 && status < 400) return "done";
  if (status === 403 && NOT_ALLOWED.has((body as { code?: string } | null)?.code)) return "park";
  if (KEEP.has(status) || status >= 500) return "keep";
  if (entry.kind === "skip" && [404, 409, 410].includes(status)) return "done";
  if (status === 412 && isOwnRevision(entry, body)) return "done";
  return "park";
}

/** A revision whose reply got lost on the way meets itself when it is sent again. */
function isOwnRevision(entry: Entry, body: unknown): boolean {
  const current = (body as { current?: { answer?: unknown } } | null)?.current;
  const sent = (entry.body as { answer?: unknown } | null)?.answer;
  return entry.attempts > 0 && current?.answer !== undefined && equalJson(current.answer, sent);
}

export interface Made {
  id: number;
  version: number;
}

/** The annotation that a reply tells of, if any. */
export function madeBy(body: unknown): Made | null {
  const whole = body as { id?: unknown; version?: unknown; current?: unknown } | null | undefined;
  const document = (whole?.current ?? whole) as { id?: unknown; version?: unknown } | undefined;
  if (typeof document?.id !== "number" || typeof document.version !== "number") return null;
  return { id: document.id, version: document.version };
}

/** The entry with the places filled that waited for an earlier reply. */
export function filled(entry: Entry, { id, version }: Made): Entry {
  const { after: _, ...rest } = entry;
  return {
    ...rest,
    path: entry.path.replace("{id}", String(id)),
    ifMatch: entry.ifMatch?.replace("{version}", String(version)),
  };
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Milliseconds until the next try: doubling from 0.5 to 30 s, spread so that browsers scatter. */
export function backOff(failures: number, retryAfter: number | null, random = Math.random): number {
  const doubled = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  const spread = doubled * (0.75 + random() / 2);
  return Math.max(spread, (retryAfter ?? 0) * 1000);
}
