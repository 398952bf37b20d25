// The pairs of labelers as a square grid.
import type { Together } from "./requests";

export type PairInput = Together["pairs"][number];

/** Row and column are labelers in the given order; null where two have nothing in common. */
export function pairGrid(
  labelers: readonly { id: number }[],
  pairs: readonly PairInput[],
): (PairInput | null)[][] {
  const place = new Map(labelers.map(({ id }, at) => [id, at]));
  const grid: (PairInput | null)[][] = labelers.map(() => labelers.map(() => null));
  for (const pair of pairs) {
    const [a, b] = [place.get(pair.first), place.get(pair.second)];
    if (a === undefined || b === undefined) continue;
    (grid[a] as (PairInput | null)[])[b] = pair;
    (grid[b] as (PairInput | null)[])[a] = pair;
  }
  return grid;
}
