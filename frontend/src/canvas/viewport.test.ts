import { describe, expect, test } from "vitest";
import {
  carried,
  fitRect,
  fitted,
  kept,
  LEAST_SCALE,
  MOST_SCALE,
  panned,
  seen,
  toImage,
  toScreen,
  type View,
  zoomedAt,
} from "./viewport";

const ROOM = { width: 1000, height: 600 };
const PAGE = { width: 3265, height: 4357 };
const SCALES = [0.02, 0.1, 0.3, 1, 4, 17, 64];

describe("image and screen", () => {
  test.each(SCALES)("lead to each other and back at %f", (scale) => {
    const view: View = { scale, x: -123.4, y: 56.7 };
    for (const point of [
      { x: 0, y: 0 },
      { x: 3264, y: 4356 },
      { x: 1234.5, y: 0.1 },
    ]) {
      const back = toImage(view, toScreen(view, point));
      expect(back.x).toBeCloseTo(point.x, 9);
      expect(back.y).toBeCloseTo(point.y, 9);
    }
  });
  test("the part in sight has the room's corners", () => {
    const view: View = { scale: 2, x: 100, y: -50 };
    expect(seen(view, ROOM)).toEqual({ x: -50, y: 25, width: 500, height: 300 });
  });
});

describe("zoom", () => {
  test.each(SCALES)("keeps what lies under the pointer at %f", (scale) => {
    const view: View = { scale: 0.7, x: 12, y: -340 };
    const at = { x: 321, y: 123 };
    const before = toImage(view, at);
    const after = toImage(zoomedAt(view, scale, at), at);
    expect(after.x).toBeCloseTo(before.x, 8);
    expect(after.y).toBeCloseTo(before.y, 8);
  });
  test("in and out again leads back", () => {
    const view: View = { scale: 1, x: 3, y: 4 };
    const at = { x: 700, y: 20 };
    const back = zoomedAt(zoomedAt(view, 8, at), 1, at);
    expect(back.x).toBeCloseTo(3, 9);
    expect(back.y).toBeCloseTo(4, 9);
  });
  test("has limits, at which nothing moves", () => {
    const view: View = { scale: MOST_SCALE, x: 5, y: 6 };
    expect(zoomedAt(view, 1e9, { x: 1, y: 1 })).toEqual(view);
    expect(zoomedAt(view, 0, { x: 0, y: 0 }).scale).toBe(LEAST_SCALE);
  });
});

describe("the view", () => {
  test("shows all of an image in the middle", () => {
    const view = fitted(PAGE, ROOM);
    const from = toScreen(view, { x: 0, y: 0 });
    const to = toScreen(view, { x: PAGE.width, y: PAGE.height });
    expect(from.y).toBeCloseTo(ROOM.height - to.y, 9);
    expect(from.x).toBeCloseTo(ROOM.width - to.x, 9);
    expect(from.y).toBeCloseTo(16, 9);
  });
  test("shows a shape of no size without growing beyond all limits", () => {
    expect(fitRect({ x: 5, y: 5, width: 0, height: 0 }, ROOM).scale).toBe(MOST_SCALE);
  });
  test("never loses the image", () => {
    const far = kept(panned(fitted(PAGE, ROOM), 1e6, -1e6), PAGE, ROOM);
    const sight = seen(far, ROOM);
    expect(sight.x).toBeLessThan(0);
    expect(sight.x + sight.width).toBeGreaterThan(0);
    expect(sight.y).toBeLessThan(PAGE.height);
  });
  test("stays on the same part of the next page", () => {
    const half = { width: PAGE.width / 2, height: PAGE.height / 2 };
    const view = zoomedAt(fitted(PAGE, ROOM), 1, { x: 500, y: 300 });
    const next = carried(view, PAGE, half, ROOM);
    const middle = { x: 500, y: 300 };
    expect(next.scale).toBe(1);
    expect(toImage(next, middle).x * 2).toBeCloseTo(toImage(view, middle).x, 6);
    expect(toImage(next, middle).y * 2).toBeCloseTo(toImage(view, middle).y, 6);
  });
});
