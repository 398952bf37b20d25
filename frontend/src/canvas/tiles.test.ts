import { expect, test } from "vitest";
import { placesUnder } from "./TileLayer";
import { levelFor, type Plan, partOf, tilesIn } from "./tiles";

const plan: Plan = {
  side: 512,
  levels: [
    { width: 8001, height: 6000 },
    { width: 4001, height: 3000 },
  ],
};

test.each([
  [4, 0],
  [1, 0],
  [0.51, 0],
  [0.5, 1],
  [0.26, 1],
  [0.25, null],
  [0.02, null],
])("at a scale of %f level %s has enough pixels", (scale, level) => {
  expect(levelFor(plan, scale)).toBe(level);
});

test("the tiles of each level cover the image without gaps", () => {
  for (const level of [0, 1]) {
    const keys = tilesIn(plan, level, { x: 0, y: 0, width: 8001, height: 6000 });
    const parts = keys.map((key) => partOf(plan, key));
    const { width, height } = plan.levels[level] ?? { width: 0, height: 0 };
    const area = parts.reduce((sum, part) => sum + part.width * part.height, 0);
    expect(keys).toHaveLength(Math.ceil(width / 512) * Math.ceil(height / 512));
    expect(area).toBe(width * height * 4 ** level);
  }
});

test("only tiles in sight are wanted, those in the middle first", () => {
  const sight = { x: 1000, y: 600, width: 1200, height: 300 };
  const keys = tilesIn(plan, 0, sight);
  expect(keys.map(({ column, row }) => `${column}-${row}`).sort()).toEqual([
    "1-1",
    "2-1",
    "3-1",
    "4-1",
  ]);
  expect(keys[0]).toEqual({ level: 0, column: 3, row: 1 });
});

test("a view beside the image wants nothing, one over its edge what there is", () => {
  expect(tilesIn(plan, 0, { x: -900, y: 0, width: 800, height: 600 })).toEqual([]);
  expect(tilesIn(plan, 0, { x: 7900, y: 5900, width: 800, height: 600 })).toEqual([
    { level: 0, column: 15, row: 11 },
  ]);
  expect(tilesIn(plan, 1, { x: -50, y: -50, width: 60, height: 60 })).toEqual([
    { level: 1, column: 0, row: 0 },
  ]);
});

test("one signature opens all tiles", () => {
  const addressOf = placesUnder("/media/7/tiles?e=12&s=ab_c");
  expect(addressOf({ level: 1, column: 3, row: 12 })).toBe("/media/7/tiles/1/3-12?e=12&s=ab_c");
});
