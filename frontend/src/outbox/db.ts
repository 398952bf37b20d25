// The browser's database: entries on their way and drafts. Without it all is kept in memory.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Entry } from "./entry";

interface Schema extends DBSchema {
  entries: { key: string; value: Entry };
  drafts: { key: string; value: { id: string; at: number; value: unknown } };
}

export type Database = IDBPDatabase<Schema>;

/** Null where the browser allows none, as in some private windows. */
export async function openDatabase(name = "labelhub"): Promise<Database | null> {
  try {
    return await openDB<Schema>(name, 1, {
      upgrade(db) {
        db.createObjectStore("entries", { keyPath: "key" });
        db.createObjectStore("drafts", { keyPath: "id" });
      },
      // A later version of the page must not wait for this tab.
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
  } catch {
    return null;
  }
}

let opened: Promise<Database | null> | undefined;

export function database(): Promise<Database | null> {
  opened ??= openDatabase();
  return opened;
}
