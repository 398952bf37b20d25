// What the labeling loop knows: the item on the screen, those before it and those that come.
import type { ApiError } from "@/api/errors";
import type { HistoryRow, JsonObject } from "@/api/types";
import type { Outbox } from "@/outbox/outbox";
import type { Neighbour, ItemPicture as Picture } from "@/task-types/base";
import { type Offer, type Offered, otherOf } from "./requests";

/** An item that was answered or skipped, oldest first. */
export interface Past {
  task: number;
  picture: Picture;
  /** Null when it was skipped. */
  answer: JsonObject | null;
  /** Key of the last entry sent for it; null for answers of an earlier visit. */
  key: string | null;
  lease: string | null;
  annotation: { id: number; version: number } | null;
}

export interface LoopState {
  phase: "loading" | "working" | "empty";
  /** The first is on the screen unless `back` points into the past. */
  queue: readonly Offered[];
  past: readonly Past[];
  /** Place in `past` of the item that was opened again. */
  back: number | null;
  /** Why there is nothing, in the server's words. */
  message: string | null;
  paused: boolean;
  error: ApiError | null;
  /** Answers of this visit. */
  answered: number;
  flagged: ReadonlySet<number>;
  /** Went to somebody else, and stays on the screen because work on it has begun. */
  lost: number | null;
  /** As the server said last; 0 until it has. */
  schemaVersion: number;
}

export interface LoopParts {
  project: number;
  outbox: Pick<
    Outbox,
    "add" | "amend" | "discard" | "get" | "list" | "onSent" | "ready" | "status"
  >;
  lease: (count: number, resume: boolean) => Promise<Offer>;
  extend: (lease: string) => Promise<number>;
  history: () => Promise<HistoryRow[]>;
  /** An answer in words, for the list of what is on its way. */
  describe: (answer: JsonObject) => string;
  leaseSeconds: number;
  /** What was taken along for work without a line. */
  kit?: { read: () => Promise<Offered[]>; drop: (task: number) => void };
  /** The task that was on the screen before a reload: it comes first again. */
  first?: number;
  now?: () => number;
}

export const START: LoopState = {
  phase: "loading",
  queue: [],
  past: [],
  back: null,
  message: null,
  paused: false,
  error: null,
  answered: 0,
  flagged: new Set(),
  lost: null,
  schemaVersion: 0,
};

export function neighbour(task: number, { page = null }: Picture, answered: boolean): Neighbour {
  return { task, page, answered };
}

/** An answer of an earlier visit. */
export function pastOf(row: HistoryRow): Past {
  const { image_url, full_url, tiles_url, thumb_url, width, height, filename } = row;
  const picture = { image_url, full_url, tiles_url, thumb_url, width, height, filename };
  return {
    task: row.task,
    picture: { ...picture, other: otherOf(row), page: row.page },
    answer: row.answer,
    key: null,
    lease: null,
    annotation: { id: row.id, version: row.version },
  };
}
