// The reviewer's way through the queue: decided ones stay reachable, own work is left out.
import type { TaskWithVotes } from "@/api/types";

export interface Way {
  /** Ids in the order in which they were shown; the last one of them is at hand unless one went back. */
  shown: readonly number[];
  at: number;
  decided: ReadonlyMap<number, string>;
}

export const START: Way = { shown: [], at: 0, decided: new Map() };

export function reviewable(rows: readonly TaskWithVotes[]): TaskWithVotes[] {
  return rows.filter((task) => !task.own_work);
}

/** The task at hand: one that was shown already, else the first of the rows that was not. */
export function current(
  way: Way,
  rows: readonly TaskWithVotes[],
  known: ReadonlyMap<number, TaskWithVotes>,
): TaskWithVotes | undefined {
  const id = way.shown[way.at];
  const again = id === undefined ? undefined : known.get(id);
  return again ?? rows.find((task) => !way.shown.includes(task.id));
}

/** On to the next one; the one at hand counts as shown from now on. */
export function onward(way: Way, task: number): Way {
  const shown = way.shown.includes(task) ? way.shown : [...way.shown, task];
  return { ...way, shown, at: Math.min(way.at + 1, shown.length) };
}

export function backward(way: Way): Way {
  return { ...way, at: Math.max(0, way.at - 1) };
}

/** How many were put off. */
export function putOff({ shown, decided }: Way): number {
  return shown.filter((id) => !decided.has(id)).length;
}

/** From the start again, with what was put off. */
export function again(way: Way): Way {
  const shown = way.shown.filter((id) => way.decided.has(id));
  return { ...way, shown, at: shown.length };
}

export function withDecision(way: Way, task: number, label: string | null): Way {
  const decided = new Map(way.decided);
  if (label === null) decided.delete(task);
  else decided.set(task, label);
  return { ...way, decided };
}
