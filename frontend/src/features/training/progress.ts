// What the events of a run say: its epochs, its log, and a plain verdict on the course of the loss.
import type { RunEvent } from "@/api/types";
import type { Epoch } from "@/charts/LossCurve";

const numberOf = (value: unknown) =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** Epochs in order. A run that went on from a checkpoint reports some again: the last word counts. */
export function epochsOf(events: readonly RunEvent[]): Epoch[] {
  const byEpoch = new Map<number, Epoch>();
  for (const { kind, data } of events) {
    const epoch = kind === "epoch" ? numberOf(data.epoch) : null;
    if (epoch === null) continue;
    byEpoch.set(epoch, {
      epoch,
      train_loss: numberOf(data.train_loss),
      val_loss: numberOf(data.val_loss),
      train_accuracy: numberOf(data.train_accuracy),
      val_accuracy: numberOf(data.val_accuracy),
    });
  }
  return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}

export interface LogLine {
  no: number;
  at: string;
  text: string;
}

export function logOf(events: readonly RunEvent[]): LogLine[] {
  return events.flatMap(({ no, at, kind, data }) => {
    const text =
      kind === "log" ? data.message : kind === "error" ? (data.reason ?? data.detail) : undefined;
    return typeof text === "string" ? [{ no, at, text }] : [];
  });
}

export type Verdict = "diverging" | "overfitting" | "flat" | "falling";

const FEWEST = 4;

/** A word on the loss so far; null while there are too few epochs to say. */
export function verdictOn(epochs: readonly Epoch[]): Verdict | null {
  const train = epochs.flatMap(({ train_loss }) => train_loss ?? []);
  const val = epochs.flatMap(({ val_loss }) => val_loss ?? []);
  const [first, last] = [train[0], train.at(-1)];
  if (train.length < FEWEST || first === undefined || last === undefined) return null;
  if (last > first * 1.1) return "diverging";
  const best = Math.min(...val);
  const now = val.at(-1);
  if (now !== undefined && now > best * 1.1 + 0.02) return "overfitting";
  const before = train.at(-FEWEST) ?? first;
  return before - last < 0.02 * first ? "flat" : "falling";
}

export interface PartFigures {
  count: number;
  accuracy: number;
  low: number;
  high: number;
  ece: number | null;
  majority: number | null;
  recall: Record<string, number | null>;
  confusion: number[][];
}

export const PARTS = ["holdout", "validation", "train"] as const;
export type Part = (typeof PARTS)[number];

/** The figures of one part of the snapshot; null where it held no items. */
export function figuresOf(metrics: Record<string, unknown>, part: Part): PartFigures | null {
  const figures = metrics[part] as Partial<PartFigures> | undefined;
  if (!figures?.count) return null;
  return {
    count: figures.count,
    accuracy: figures.accuracy ?? 0,
    low: figures.low ?? 0,
    high: figures.high ?? 1,
    ece: figures.ece ?? null,
    majority: figures.majority ?? null,
    recall: figures.recall ?? {},
    confusion: figures.confusion ?? [],
  };
}

/** The classes of a confusion matrix: the schema's labels, as many as there were at the time. */
export function classesOf(figures: PartFigures, labels: readonly string[]): string[] {
  const known = labels.filter((label) => label in figures.recall);
  const count = figures.confusion.length;
  if (known.length === count) return known;
  return Array.from({ length: count }, (_, at) => Object.keys(figures.recall)[at] ?? String(at));
}
