// What the figures of a labeler amount to, in a word or two.
import type { Figure, LabelerFigures, LabelerRow, LabelerWeek } from "./requests";

export type Remark = "spammer" | "copies" | "drifting" | "improving";
/** Below it an agreement is no better than the labeler's habits would give by chance. */
const NO_BETTER = 0.1;

/** What a manager should look at, the gravest first. */
export function remarksOn(
  row: Pick<LabelerRow, "worth" | "copies" | "drift" | "beyond_chance">,
): Remark[] {
  const found: Remark[] = [];
  const high = row.beyond_chance.high;
  if (row.worth !== null && high !== null && high < 0.35 && row.beyond_chance.estimate !== null) {
    if (row.beyond_chance.estimate < NO_BETTER) found.push("spammer");
  }
  if (row.copies) found.push("copies");
  const drift = driftOf(row.drift);
  if (drift === "down") found.push("drifting");
  if (drift === "up") found.push("improving");
  return found;
}

/** Whether the latest week differs surely from those before, interval and all. */
export function driftOf(drift: Figure | null): "up" | "down" | "same" | "unknown" {
  if (!drift || drift.low === null || drift.high === null) return "unknown";
  if (drift.high < 0) return "down";
  return drift.low > 0 ? "up" : "same";
}

type Cells = LabelerFigures["confusion"];

/** The cells of a confusion matrix as rows and columns, of the classes that occur alone. */
export function matrixOf(
  cells: Cells,
  labels: readonly string[],
): { names: string[]; counts: number[][] } {
  const known = (cells ?? []) as [string, string, number][];
  const seen = new Set<string | number>(known.flat());
  const names = labels.filter((label) => seen.has(label));
  const place = new Map(names.map((name, at) => [name, at]));
  const counts = names.map(() => names.map(() => 0));
  for (const [truth, answer, count] of known) {
    const row = counts[place.get(truth) ?? -1];
    const column = place.get(answer);
    if (row && column !== undefined) row[column] = count;
  }
  return { names, counts };
}

/** The scale of shares begins at a round figure below the lowest of them. */
export function scaleStart(figures: readonly Figure[]): number {
  const lows = figures.flatMap(({ low, estimate }) => low ?? estimate ?? []);
  return Math.max(0, Math.floor(Math.min(0.9, ...lows) * 10) / 10);
}

/** The last weeks, oldest first, so that they fit beside each other. */
export function latestWeeks(weeks: readonly LabelerWeek[], most = 12): readonly LabelerWeek[] {
  return weeks.slice(-most);
}
