// What a labeler does with an item, as entries of the outbox.
import type { JsonObject } from "@/api/types";
import { uuid } from "@/lib/uuid";
import type { Entry } from "@/outbox/entry";
import type { Outbox } from "@/outbox/outbox";
import type { Offered } from "./requests";

type NewEntry = Parameters<Outbox["add"]>[0];
type Note = NewEntry["note"];

/** Answers and skips end a lease; flags and revisions do not. */
const ENDING: ReadonlySet<string> = new Set(["submit", "skip"]);

interface Given {
  answer: JsonObject;
  durationMs: number;
  /** Whether the answer began as the proposal; null where there was none to see. */
  took: boolean | null;
  /** How many tasks the reply should bring. */
  next: number;
}

export function submitEntry(offer: Offered, key: string, given: Given, note: Note): NewEntry {
  const { answer, durationMs, took, next } = given;
  return {
    key,
    kind: "submit",
    method: "POST",
    path: "/api/v1/annotations/",
    body: {
      ...{ lease: offer.lease.id, answer, duration_ms: Math.round(durationMs), next },
      ...(took === null ? {} : { took_proposal: took }),
    },
    note,
  };
}

export function skipEntry(offer: Offered, key: string, reason: string, note: Note): NewEntry {
  const path = `/api/v1/leases/${offer.lease.id}/`;
  return { key, kind: "skip", method: "DELETE", path, body: { reason }, note };
}

export function flagEntry(task: number, reason: string, note: Note): NewEntry {
  const path = `/api/v1/tasks/${task}/flag/`;
  return { key: uuid(), kind: "flag", method: "POST", path, body: { reason }, note };
}

/** Whether an entry answers or skips an item of the project. */
export function endsIn(project: number, { kind, note }: Entry): boolean {
  return note.project === project && ENDING.has(kind);
}

/** A lease is a seat and how often it was held; whoever holds it again holds the same seat. */
export function seatOf(lease: string): string {
  return lease.split(".", 1)[0] as string;
}

/** The lease that an answer or a skip ends. */
export function leaseOf({ kind, body, path }: Entry): string {
  return kind === "submit" ? (body as { lease: string }).lease : (path.split("/").at(-2) as string);
}
