// Which tiles are chosen: a click changes one, with Shift all from the last one clicked.

export interface Selection {
  chosen: ReadonlySet<number>;
  /** The place of the last click. */
  last: number | null;
}

export const NOTHING: Selection = { chosen: new Set(), last: null };

export function clicked(
  { chosen, last }: Selection,
  tasks: readonly number[],
  place: number,
  range: boolean,
): Selection {
  const task = tasks[place];
  if (task === undefined) return { chosen, last };
  const next = new Set(chosen);
  if (range && last !== null) {
    const [from, to] = last < place ? [last, place] : [place, last];
    for (const one of tasks.slice(from, to + 1)) next.add(one);
  } else if (!next.delete(task)) next.add(task);
  return { chosen: next, last: place };
}

/** What is still there of a selection, after the list has changed. */
export function among(chosen: ReadonlySet<number>, tasks: readonly number[]): number[] {
  return tasks.filter((task) => chosen.has(task));
}
