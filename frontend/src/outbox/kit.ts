// Items that a labeler took along for work without a line: kept until they are answered.
import { type Database, database } from "./db";

export interface KitRow {
  id: string;
  user: number;
  project: number;
  task: number;
  /** Its place in the order of work. */
  place: number;
  lease: string;
  /** The lease with its item, as the label screen wants it. */
  value: unknown;
}

type Open = () => Promise<Database | null>;
type Row = Pick<KitRow, "user" | "project" | "task">;

const idOf = ({ user, project, task }: Row) => `${user}-${project}-${task}`;

/** Rejects when the device has no room for them. */
export async function packKit(rows: readonly Omit<KitRow, "id">[], open: Open = database) {
  const db = await open();
  if (!db) throw new Error("This browser keeps nothing");
  const change = db.transaction("kit", "readwrite");
  await Promise.all(rows.map((row) => change.store.put({ ...row, id: idOf(row) })));
  await change.done;
}

/** What a user took along, of one project or of all. */
export async function readKit(
  user: number,
  project: number | null = null,
  open: Open = database,
): Promise<KitRow[]> {
  const db = await open();
  const rows = (await db?.getAll("kit")) ?? [];
  return rows
    .filter((row) => row.user === user && (project === null || row.project === project))
    .sort((a, b) => a.place - b.place);
}

export async function dropFromKit(row: Row, open: Open = database): Promise<void> {
  const db = await open();
  await db?.delete("kit", idOf(row));
}
