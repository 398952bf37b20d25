import { expect, test } from "vitest";
import { placeOf } from "./Interval";
import { withAlpha } from "./ink";
import { sparkPath } from "./Sparkline";
import {
  accuracyRange,
  type CurvePoint,
  curveColumns,
  lossRange,
  nearestPoint,
  spendRange,
  spendSplits,
} from "./series";

const point = (votes: number, accuracy: number): CurvePoint => ({
  votes,
  labels: votes / 2,
  accuracy,
  low: accuracy - 0.1,
  high: accuracy + 0.1,
});

test("both arms share one axis, with holes where an arm has no point", () => {
  const columns = curveColumns([point(20, 0.5), point(60, 0.8)], [point(40, 0.6)], "votes");
  expect(columns.x).toEqual([20, 40, 60]);
  expect(columns.active[0]).toEqual([0.5, null, 0.8]);
  expect(columns.random[0]).toEqual([null, 0.6, null]);
});

test("points that come out of order are put in order, and a repeated place keeps its last", () => {
  const columns = curveColumns([point(60, 0.8), point(20, 0.5), point(60, 0.9)], [], "votes");
  expect(columns.x).toEqual([20, 60]);
  expect(columns.active[0]).toEqual([0.5, 0.9]);
});

test("the axis can go along the labelled items instead of the votes", () => {
  expect(curveColumns([point(20, 0.5)], [], "labels").x).toEqual([10]);
});

test("the nearest point of an arm is read where the cursor stands", () => {
  const arm = [point(20, 0.5), point(60, 0.8)];
  expect(nearestPoint(arm, 45, "votes")?.votes).toBe(60);
  expect(nearestPoint([], 45, "votes")).toBeUndefined();
});

test("the accuracy axis starts at a tenth below the lowest point and ends at 1", () => {
  expect(accuracyRange([0.83, null, 0.95])).toEqual([0.8, 1]);
  expect(accuracyRange([0.01])).toEqual([0, 1]);
  expect(accuracyRange([])).toEqual([0, 1]);
});

test("the loss axis starts at zero and leaves room above", () => {
  expect(lossRange([2, 1, null])).toEqual([0, 2.1]);
  expect(lossRange([null, Number.NaN])).toEqual([0, 1]);
});

test("places outside of a scale stay at its ends", () => {
  expect([placeOf(0.75, 0.5, 1), placeOf(0.2, 0.5, 1), placeOf(2, 0, 1)]).toEqual([50, 0, 100]);
});

test("colours get their opacity, short ones too", () => {
  expect(withAlpha("#2d63b1", 0.5)).toBe("#2d63b180");
  expect(withAlpha("#fff", 1)).toBe("#ffffffff");
});

test("a line of equal values is drawn, not divided by zero", () => {
  expect(sparkPath([0, 0, 0], 80, 16)).toBe("M0.0 16.0L40.0 16.0L80.0 16.0");
});

test("the logarithmic axis never begins at nothing, and a single point stands within it", () => {
  const [from, to] = spendRange(0, 400);
  expect(from).toBeGreaterThan(0);
  expect(to).toBeGreaterThan(400);
  const [low, high] = spendRange(100, 100);
  expect(low < 100 && high > 150).toBe(true);
});

test("a logarithmic axis is marked at 1, 2 and 5 times the powers of ten", () => {
  expect(spendSplits(86, 2500)).toEqual([100, 200, 500, 1000, 2000]);
  expect(spendSplits(0.85, 2.2)).toEqual([1, 2]);
});

test("a trend shares the axis of the points, and only over votes", () => {
  const point = { votes: 100, labels: 40, accuracy: 0.9, low: 0.8, high: 0.95 };
  const trend = [
    { votes: 50, active: 0.7, random: null },
    { votes: 150, active: 0.92, random: 0.8 },
  ];
  const over = curveColumns([point], [], "votes", trend);
  expect(over.x).toEqual([50, 100, 150]);
  expect(over.active[0]).toEqual([null, 0.9, null]);
  expect(over.trend).toEqual({ active: [0.7, null, 0.92], random: [null, null, 0.8] });
  expect(curveColumns([point], [], "labels", trend).x).toEqual([40]);
});
