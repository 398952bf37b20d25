// The aligned readings of a line as rows of cells.
import type { TaskWithVotes } from "@/api/types";

export interface Cell {
  text: string;
  /** The readings differ here in a way that counts. */
  disputed: boolean;
  /** Not what the merged text has. */
  other: boolean;
}

export interface ReadingRow {
  key: string;
  /** Who read it; null for the merged text. */
  name: string | null;
  text: string;
  cells: Cell[];
  merged: boolean;
}

/** The merged text, where there is one, above each reading; nothing without readings. */
export function readingRows({ alignment, consensus, votes_cast }: TaskWithVotes): ReadingRow[] {
  if (!alignment) return [];
  const { votes, segments } = alignment;
  const row = (key: string, name: string | null, at: number): ReadingRow => {
    const cells = segments.map(({ text, readings, agreed }) => {
      const own = at < 0 ? text : (readings[at] ?? text);
      return { text: own, disputed: !agreed, other: own !== text };
    });
    return { key, name, text: cells.map((cell) => cell.text).join(""), cells, merged: at < 0 };
  };
  const readings = votes.map((id, at) => {
    const vote = votes_cast.find((one) => one.id === id);
    return row(String(id), vote?.labeler_name ?? "", at);
  });
  const text = consensus?.answer?.text;
  return typeof text === "string" && text !== ""
    ? [row("merged", null, -1), ...readings]
    : readings;
}
