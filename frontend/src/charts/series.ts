// The arithmetic behind the charts: points to columns, and ranges for the axes.
import type { Report, CurvePoint as ReportedPoint } from "@/api/types";

export type CurvePoint = Pick<ReportedPoint, "votes" | "labels" | "accuracy" | "low" | "high">;

/** Power laws through both curves. */
export type TrendPoint = Report["learning"]["trend"][number];

type Column = (number | null)[];

export interface CurveColumns {
  x: number[];
  /** Accuracy, lower and upper end, of each arm; null where the arm has no point at that x. */
  active: [Column, Column, Column];
  random: [Column, Column, Column];
  /** The law of each arm; null where it was not drawn. */
  trend: { active: Column; random: Column };
}

export type Along = "votes" | "labels";

/** Both arms on one x axis. Of points at the same place the last one counts. */
export function curveColumns(
  active: readonly CurvePoint[],
  random: readonly CurvePoint[],
  along: Along,
  trend: readonly TrendPoint[] = [],
): CurveColumns {
  const byPlace = (points: readonly CurvePoint[]) =>
    new Map(points.map((point) => [point[along], point]));
  const [a, r] = [byPlace(active), byPlace(random)];
  // The laws are over votes: along labels there is nothing to draw.
  const laws = new Map(along === "votes" ? trend.map((point) => [point.votes, point]) : []);
  const places = new Set([...a.keys(), ...r.keys(), ...laws.keys()]);
  const x = [...places].sort((one, two) => one - two);
  const columns = (points: Map<number, CurvePoint>): [Column, Column, Column] => [
    x.map((place) => points.get(place)?.accuracy ?? null),
    x.map((place) => points.get(place)?.low ?? null),
    x.map((place) => points.get(place)?.high ?? null),
  ];
  const law = (arm: "active" | "random") => x.map((place) => laws.get(place)?.[arm] ?? null);
  return {
    x,
    active: columns(a),
    random: columns(r),
    trend: { active: law("active"), random: law("random") },
  };
}

/** The point of an arm that is nearest to a place on the axis. */
export function nearestPoint(
  points: readonly CurvePoint[],
  place: number,
  along: Along,
): CurvePoint | undefined {
  return points.reduce<CurvePoint | undefined>((best, point) => {
    const closer =
      best === undefined || Math.abs(point[along] - place) < Math.abs(best[along] - place);
    return closer ? point : best;
  }, undefined);
}

/** An accuracy axis that shows the differences: from a round figure below the lowest point to 1. */
export function accuracyRange(values: readonly (number | null)[]): [number, number] {
  const known = values.filter((value): value is number => value !== null);
  if (known.length === 0) return [0, 1];
  const lowest = Math.min(...known);
  return [Math.max(0, Math.floor((lowest - 0.02) * 10) / 10), 1];
}

/** The ends of a logarithmic axis: a little room on both sides, and never from nothing. */
export function spendRange(least: number | null, most: number | null): [number, number] {
  const [from, to] = [Math.max(1, least ?? 1), Math.max(2, most ?? 10)];
  return [from * 0.85, Math.max(to, from * 2) * 1.08];
}

/** 1, 2 and 5 times the powers of ten between two ends. */
export function spendSplits(from: number, to: number): number[] {
  const splits: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10) {
    splits.push(...[1, 2, 5].map((step) => step * power).filter((at) => at >= from && at <= to));
  }
  return splits;
}

/** A loss axis from 0 to a little above the highest loss. */
export function lossRange(values: readonly (number | null)[]): [number, number] {
  const known = values.filter((value): value is number => value !== null && Number.isFinite(value));
  return [0, known.length === 0 ? 1 : Math.max(0.1, Math.max(...known) * 1.05)];
}
