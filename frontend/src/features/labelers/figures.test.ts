import { expect, test } from "vitest";
import { driftOf, latestWeeks, matrixOf, remarksOn, scaleStart } from "./figures";
import { type PairInput, pairGrid } from "./pairs";

const figure = (estimate: number | null, low = estimate, high = estimate) => ({
  estimate,
  low,
  high,
});
const row = (changes: object = {}) => ({
  worth: 0.8,
  beyond_chance: figure(0.8, 0.7, 0.9),
  copies: null,
  drift: null,
  ...changes,
});

test("somebody who agrees no more than by chance is remarked on once that is sure", () => {
  expect(remarksOn(row())).toEqual([]);
  const chance = row({ worth: 0.02, beyond_chance: figure(0.02, -0.1, 0.1) });
  expect(remarksOn(chance)).toEqual(["spammer"]);
  const unsure = row({ worth: 0.02, beyond_chance: figure(0.02, -0.6, 0.6) });
  expect(remarksOn(unsure)).toEqual([]);
  expect(remarksOn(row({ worth: null, beyond_chance: figure(null) }))).toEqual([]);
});

test("drift is said only where the whole interval is on one side", () => {
  expect(driftOf(figure(-0.1, -0.2, -0.01))).toBe("down");
  expect(driftOf(figure(0.1, 0.01, 0.2))).toBe("up");
  expect(driftOf(figure(-0.1, -0.2, 0.1))).toBe("same");
  expect(driftOf(null)).toBe("unknown");
  expect(remarksOn(row({ drift: figure(-0.1, -0.2, -0.01) }))).toEqual(["drifting"]);
});

test("a confusion matrix has the classes that occur, in the order of the schema", () => {
  const cells = [
    ["c", "a", 2],
    ["a", "a", 5],
  ] as [string, string, number][];
  expect(matrixOf(cells, ["a", "b", "c"])).toEqual({
    names: ["a", "c"],
    counts: [
      [5, 0],
      [2, 0],
    ],
  });
  expect(matrixOf(null, ["a"])).toEqual({ names: [], counts: [] });
});

test("the scale begins at a tenth below the lowest interval", () => {
  expect(scaleStart([figure(0.9, 0.87), figure(0.8, 0.72)])).toBeCloseTo(0.7);
  expect(scaleStart([figure(null)])).toBeCloseTo(0.9);
});

test("only the last weeks are drawn", () => {
  const weeks = Array.from({ length: 20 }, (_, n) => ({
    week: `w${n}`,
    votes: n,
    compared: n,
    agreement: figure(0.5),
    median_ms: null,
  }));
  expect(latestWeeks(weeks).map(({ votes }) => votes)).toEqual([
    8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
  ]);
});

test("the grid of pairs has each pair on both sides of the diagonal", () => {
  const pair: PairInput = { first: 1, second: 2, common: 40, agreement: 0.9, kappa: figure(0.8) };
  const grid = pairGrid([{ id: 1 }, { id: 2 }, { id: 3 }], [pair]);
  expect(grid[0]?.[1]).toBe(pair);
  expect(grid[1]?.[0]).toBe(pair);
  expect(grid[0]?.[0]).toBeNull();
  expect(grid[2]).toEqual([null, null, null]);
});
