// The browser's database: entries on their way, drafts, what was taken along. Without it all is kept in memory.
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { Entry } from "./entry";
import type { KitRow } from "./kit";
import { bringIn } from "./unsettled";

interface Draft {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
  value: unknown;
  /** The version of it that the server keeps: the moment it was saved there. */
  sent?: string;
}

interface Schema extends DBSchema {
  entries: { key: string; value: Entry };
  drafts: { key: string; value: Draft };
  kit: { key: string; value: KitRow };
}

export type Database = IDBPDatabase<Schema>;

/** Null where the browser allows none, as in some private windows. */
export async function openDatabase(name = "labelhub"): Promise<Database | null> {
  try {
    const db = await openDB<Schema>(name, 2, {
      upgrade(db, before) {
        if (before < 1) {
          db.createObjectStore("entries", { keyPath: "key" });
          db.createObjectStore("drafts", { keyPath: "id" });
        }
        if (before < 2) db.createObjectStore("kit", { keyPath: "id" });
      },
      // A later version of the page must not wait for this tab.
      blocking: (_, __, event) => (event.target as IDBDatabase).close(),
    });
    await bringIn(async (store, row) => {
      if (store === "entries") await db.put("entries", row as Entry);
      else await putNewer(db, row as Draft);
    });
    return db;
  } catch {
    return null;
  }
}

/** Another tab may have gone on with the same answer. */
async function putNewer(db: Database, draft: Draft): Promise<void> {
  const known = await db.get("drafts", draft.id);
  if (!known || known.at <= draft.at) await db.put("drafts", draft);
}

let opened: Promise<Database | null> | undefined;

export function database(): Promise<Database | null> {
  opened ??= openDatabase();
  return opened;
}
