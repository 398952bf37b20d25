import { expect, test } from "vitest";
import { outlineOn, pageView } from "./pageWindow";

const page = { width: 3000, height: 4000 };
const room = { width: 900, height: 300 };
const line = [
  [400, 1000],
  [2400, 1000],
  [2400, 1080],
  [400, 1080],
];

function onScreen(view: { scale: number; x: number; y: number }) {
  return {
    left: 400 * view.scale + view.x,
    right: 2400 * view.scale + view.x,
    middle: 1040 * view.scale + view.y,
  };
}

test("a line is shown in its whole length, in the middle of the room", () => {
  const view = pageView(line, page, room, false);
  const { left, right, middle } = onScreen(view);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(right).toBeLessThanOrEqual(900);
  expect(right - left).toBeGreaterThan(700);
  expect(middle).toBeCloseTo(150, 6);
});

test("a short word is not blown up", () => {
  const word = line.map(([x = 0, y = 0]) => [x / 10, y]);
  expect(80 * pageView(word, page, room, false).scale).toBeCloseTo(52, 6);
});

test("at the edge of the page no room is left bare", () => {
  const first = line.map(([x = 0, y = 0]) => [x, y - 1000]);
  const last = line.map(([x = 0, y = 0]) => [x, y + 2920]);
  expect(pageView(first, page, room, false).y).toBe(0);
  const view = pageView(last, page, room, false);
  expect(4000 * view.scale + view.y).toBeCloseTo(300, 6);
});

test("the whole page fits, and a line without an outline shows it too", () => {
  const view = pageView(line, page, room, true);
  expect(4000 * view.scale).toBeLessThanOrEqual(300);
  expect(pageView([], page, room, false)).toEqual(view);
});

test("an outline follows the view", () => {
  expect(outlineOn([[10, 20]], { scale: 0.5, x: 1, y: 2 })).toBe("6.0,12.0");
});
