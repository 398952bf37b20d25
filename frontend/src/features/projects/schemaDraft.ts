// The label schema while it is being edited: rows with an identity, and what is wrong with them.
import type { ChoiceDocument, Label } from "@/api/types";
import { optionsOf } from "@/task-types/choiceSchema";

export interface DraftLabel {
  /** Only for the page; a label has no id but its name. */
  id: number;
  name: string;
  title: string;
  description: string;
  color: string;
  hotkey: string;
  group: string;
  retired: boolean;
  /** Answers may use it already: it can be retired, but neither renamed nor removed. */
  kept: boolean;
  /** The question needs it: it can be shown under another title, and nothing else. */
  fixed?: boolean;
}

export type RowProblem =
  | "empty"
  | "twice"
  | "spaces"
  | "tooLong"
  | "hotkeyTwice"
  | "hotkeyReserved";

const NAME_LIMIT = 200;
/** Keys of the label screen, which an answer must not take. */
const RESERVED_KEYS = ["S", "F", "?", "Z"];
const DRAWING_KEYS = [...RESERVED_KEYS, ..."VBPKNCHLOAIXM"];
const RESERVED: Record<string, readonly string[]> = {
  multi_label: [...RESERVED_KEYS, "A"],
  boxes: DRAWING_KEYS,
  polygons: DRAWING_KEYS,
  keypoints: DRAWING_KEYS,
};

/** How few labels make a question of a kind; where things are drawn, one will do. */
export function labelsWanted(type: string): number {
  return type === "choice" || type === "pair" ? 2 : 1;
}

let lastId = 0;

export function newLabel(name = ""): DraftLabel {
  lastId += 1;
  return {
    id: lastId,
    name,
    title: "",
    description: "",
    color: "",
    hotkey: "",
    group: "",
    retired: false,
    kept: false,
  };
}

export function draftOf(document: ChoiceDocument): DraftLabel[] {
  return document.labels.map((label) => ({
    ...newLabel(label.name),
    title: label.title ?? "",
    description: label.description ?? "",
    color: label.color ?? "",
    hotkey: label.hotkey ?? "",
    group: label.group ?? "",
    retired: label.retired ?? false,
    kept: true,
  }));
}

const PLAIN = ["title", "description", "color", "hotkey", "group"] as const;

/** What is sent: without empty fields, and without rows that were never filled in. */
export function documentOf(rows: readonly DraftLabel[]): ChoiceDocument {
  return {
    labels: rows
      .filter((row) => row.name.trim() !== "")
      .map((row) => {
        const label: Label = { name: row.name.trim() };
        for (const field of PLAIN) if (row[field] !== "") label[field] = row[field];
        if (row.retired) label.retired = true;
        return label;
      }),
  };
}

/** Names from a pasted text: one per line, or separated by commas or tabs within one line. */
export function namesIn(text: string): string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const parts = lines.length > 1 ? lines : (lines[0] ?? "").split(/[,;\t]/);
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** Adds names that are not there yet; empty rows make room for them. */
export function withNames(rows: readonly DraftLabel[], names: readonly string[]): DraftLabel[] {
  const known = new Set(rows.map((row) => row.name.trim()));
  const fresh = [...new Set(names)].filter((name) => !known.has(name));
  return [...rows.filter((row) => row.name.trim() !== "" || row.kept), ...fresh.map(newLabel)];
}

export function movedRow<Row>(rows: readonly Row[], from: number, to: number): Row[] {
  const row = rows[from];
  if (!row || to < 0 || to >= rows.length) return [...rows];
  const rest = rows.filter((_, at) => at !== from);
  return [...rest.slice(0, to), row, ...rest.slice(to)];
}

/** The key that chooses each label, as the label screen will have it; null for none. */
export function keysOfRows(rows: readonly DraftLabel[]): (string | null)[] {
  const labels = rows.map(({ name, hotkey, retired }) => ({ name: name.trim(), hotkey, retired }));
  const first = new Map(optionsOf({ labels }).map(({ index, keys }) => [index, keys[0]]));
  return rows.map((_, at) => first.get(at) ?? null);
}

/** What is wrong, by the id of the row. Rows that were never filled in are left alone. */
export function problemsOf(rows: readonly DraftLabel[], type = "choice"): Map<number, RowProblem> {
  const found = new Map<number, RowProblem>();
  const names = rows.map((row) => row.name.trim());
  const keys = keysOfRows(rows);
  rows.forEach((row, at) => {
    const name = names[at] ?? "";
    const key = keys[at] ?? null;
    if (name === "") {
      if (row.title !== "" || row.kept) found.set(row.id, "empty");
    } else if (names.indexOf(name) !== at) found.set(row.id, "twice");
    else if (name.length > NAME_LIMIT) found.set(row.id, "tooLong");
    else if (row.hotkey !== "" && isReserved(row.hotkey, type)) found.set(row.id, "hotkeyReserved");
    else if (key !== null && keys.some((other, place) => other === key && place !== at)) {
      found.set(row.id, "hotkeyTwice");
    }
  });
  return found;
}

function isReserved(key: string, type: string): boolean {
  return (RESERVED[type] ?? RESERVED_KEYS).includes(key.toUpperCase());
}

export function enoughLabels(rows: readonly DraftLabel[], type = "choice"): boolean {
  const inUse = rows.filter((row) => row.name.trim() !== "" && !row.retired);
  return inUse.length >= labelsWanted(type);
}
