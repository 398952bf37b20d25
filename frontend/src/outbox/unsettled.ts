// Writes that the database has not confirmed. A page that goes cuts them off, so what they hold is put
// into localStorage, which takes it at once, and the next visit brings it to the database.

export type Store = "drafts" | "entries";

interface Row {
  id: string;
  store: Store;
  /** Null for a row that goes: there is nothing to bring back. */
  row: object | null;
}

const PREFIX = "labelhub-unsettled:";
const rows = new Map<string, Row>();
const written = new Set<string>();

const keyOf = (store: Store, id: string) => `${PREFIX}${store}:${id}`;

/** Does the write; while it is not confirmed, what it holds outlives the page. */
export async function held(
  store: Store,
  id: string,
  row: object | null,
  write: () => Promise<unknown>,
): Promise<void> {
  const key = keyOf(store, id);
  const own: Row = { store, id, row };
  rows.set(key, own);
  await write();
  if (rows.get(key) !== own) return; // a later write of the same row is on its way
  rows.delete(key);
  if (written.delete(key)) localStorage.removeItem(key);
}

/** Puts what is not confirmed where the next visit finds it. */
export function putAside(): void {
  for (const [key, { store, id, row }] of rows) {
    if (row === null) continue;
    try {
      localStorage.setItem(key, JSON.stringify({ store, id, row }));
      written.add(key);
    } catch {
      // Full or forbidden: the database may still take it.
    }
  }
}

/** What an earlier visit put aside and could not confirm; `settle` is called for each, then it is forgotten. */
export async function bringIn(settle: (store: Store, row: object) => Promise<void>): Promise<void> {
  for (const key of asideKeys()) {
    const { store, row } = parsed(localStorage.getItem(key));
    if (store && row) await settle(store, row);
    localStorage.removeItem(key);
  }
}

function parsed(text: string | null): Partial<Row> {
  try {
    return JSON.parse(text ?? "{}") as Partial<Row>;
  } catch {
    return {}; // not ours, or cut short by a full disk
  }
}

function asideKeys(): string[] {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

/** From now on nothing typed is lost with the page: `pagehide` is the last word a page can say. */
export function watchLeaving(): () => void {
  const hidden = () => {
    if (document.visibilityState === "hidden") putAside();
  };
  window.addEventListener("pagehide", putAside);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    window.removeEventListener("pagehide", putAside);
    document.removeEventListener("visibilitychange", hidden);
  };
}
