// Answers that are not finished: kept on each change, back when the item is opened again.
import { database } from "./db";
import { held } from "./unsettled";

const KEEP_MS = 14 * 24 * 3600 * 1000;
/** Which version of a draft the server keeps, for those of this visit. */
const versions = new Map<string, string>();

export interface KeptDraft<Value> {
  value: Value;
  /** When it was last changed, in this machine's time. */
  at: number;
  sent?: string;
}

/** What an answer that is begun is kept under. */
export const draftName = (project: number, task: number) => `answer-${project}-${task}`;

export async function saveDraft(id: string, value: unknown): Promise<void> {
  const row = { id, at: Date.now(), value, sent: versions.get(id) };
  await held("drafts", id, row, async () => (await database())?.put("drafts", row));
}

/** Notes which version the server keeps; what was changed since stays as it is. */
export async function markSent(id: string, sent: string): Promise<void> {
  versions.set(id, sent);
  const change = (await database())?.transaction("drafts", "readwrite");
  const kept = await change?.store.get(id);
  if (kept) await change?.store.put({ ...kept, sent });
  await change?.done;
}

export async function readDraft<Value>(id: string): Promise<KeptDraft<Value> | undefined> {
  const db = await database();
  const kept = (await db?.get("drafts", id)) as KeptDraft<Value> | undefined;
  if (kept?.sent) versions.set(id, kept.sent);
  return kept;
}

const watchers = new Set<(id: string) => void>();

/** Calls back when an answer is kept from elsewhere in this page; returns how to stop. */
export function onDraftKept(watch: (id: string) => void): () => void {
  watchers.add(watch);
  return () => watchers.delete(watch);
}

/** Keeps an answer that could not be sent, and tells the screen, which may show its item. */
export async function keepDraft(id: string, value: unknown): Promise<void> {
  await saveDraft(id, value);
  for (const watch of watchers) watch(id);
}

export async function dropDraft(id: string): Promise<void> {
  versions.delete(id);
  await held("drafts", id, null, async () => (await database())?.delete("drafts", id));
}

/** Forgets drafts that nobody has come back to. */
export async function sweepDrafts(now = Date.now()): Promise<void> {
  const db = await database();
  for (const draft of (await db?.getAll("drafts")) ?? []) {
    if (now - draft.at > KEEP_MS) await db?.delete("drafts", draft.id);
  }
}
