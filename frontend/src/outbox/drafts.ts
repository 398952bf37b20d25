// Answers that are not finished: kept on each change, back when the item is opened again.
import { database } from "./db";

const KEEP_MS = 14 * 24 * 3600 * 1000;

export async function saveDraft(id: string, value: unknown): Promise<void> {
  const db = await database();
  await db?.put("drafts", { id, at: Date.now(), value });
}

export async function readDraft<Value>(id: string): Promise<Value | undefined> {
  const db = await database();
  return (await db?.get("drafts", id))?.value as Value | undefined;
}

export async function dropDraft(id: string): Promise<void> {
  const db = await database();
  await db?.delete("drafts", id);
}

/** Forgets drafts that nobody has come back to. */
export async function sweepDrafts(now = Date.now()): Promise<void> {
  const db = await database();
  for (const draft of (await db?.getAll("drafts")) ?? []) {
    if (now - draft.at > KEEP_MS) await db?.delete("drafts", draft.id);
  }
}
