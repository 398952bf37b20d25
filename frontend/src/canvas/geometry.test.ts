import { describe, expect, test } from "vitest";
import {
  areaOf,
  clamp,
  distanceToSegment,
  grown,
  isInRect,
  isInside,
  nearestEdge,
  onImage,
  overlap,
  rectAround,
  rectOf,
} from "./geometry";

const IMAGE = { width: 100, height: 50 };
// A square with its right half cut in by a notch from the top.
const NOTCHED = [
  { x: 0, y: 0 },
  { x: 4, y: 0 },
  { x: 5, y: 8 },
  { x: 6, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 10 },
  { x: 0, y: 10 },
];

describe("places on the image", () => {
  test("are whole pixels, or tenths", () => {
    expect(onImage({ x: 3.49, y: 3.5 }, IMAGE)).toEqual({ x: 3, y: 4 });
    expect(onImage({ x: 3.449, y: 3.45 }, IMAGE, 0.1)).toEqual({ x: 3.4, y: 3.5 });
  });
  test("never lie beside it", () => {
    expect(onImage({ x: -7, y: 1e9 }, IMAGE)).toEqual({ x: 0, y: 50 });
    expect(onImage({ x: 100.4, y: 49.96 }, IMAGE, 0.1)).toEqual({ x: 100, y: 50 });
  });
  test("a value stays between its limits", () => {
    expect([clamp(-1, 0, 2), clamp(1, 0, 2), clamp(3, 0, 2)]).toEqual([0, 1, 2]);
  });
});

describe("rectangles", () => {
  test("are the same from any two opposite corners", () => {
    const wanted = { x: 1, y: 2, width: 4, height: 6 };
    expect(rectOf({ x: 1, y: 2 }, { x: 5, y: 8 })).toEqual(wanted);
    expect(rectOf({ x: 5, y: 2 }, { x: 1, y: 8 })).toEqual(wanted);
    expect(rectOf({ x: 5, y: 8 }, { x: 1, y: 2 })).toEqual(wanted);
  });
  test("lie around points, and around none there is none", () => {
    expect(rectAround(NOTCHED)).toEqual({ x: 0, y: 0, width: 10, height: 10 });
    expect(rectAround([])).toBeNull();
  });
  test("hold their border, and touch at it", () => {
    const rect = { x: 0, y: 0, width: 10, height: 10 };
    expect(isInRect({ x: 10, y: 0 }, rect)).toBe(true);
    expect(isInRect({ x: 10.1, y: 0 }, rect)).toBe(false);
    expect(isInRect({ x: 10.1, y: 0 }, grown(rect, 1))).toBe(true);
    expect(overlap(rect, { x: 10, y: 10, width: 1, height: 1 })).toBe(true);
    expect(overlap(rect, { x: 10.5, y: 0, width: 1, height: 1 })).toBe(false);
  });
});

describe("outlines", () => {
  test("enclose an area whichever way they turn", () => {
    expect(areaOf(NOTCHED)).toBe(92);
    expect(areaOf(NOTCHED.toReversed())).toBe(92);
    expect(areaOf(NOTCHED.slice(0, 2))).toBe(0);
  });
  test("have an inside, also around a notch", () => {
    expect(isInside({ x: 5, y: 4 }, NOTCHED)).toBe(false);
    expect(isInside({ x: 5, y: 9 }, NOTCHED)).toBe(true);
    expect(isInside({ x: 1, y: 1 }, NOTCHED)).toBe(true);
    expect(isInside({ x: 11, y: 5 }, NOTCHED)).toBe(false);
  });
  test("know the nearest edge, also the one that closes them", () => {
    expect(nearestEdge({ x: -1, y: 5 }, NOTCHED)).toEqual({ at: 6, distance: 1 });
    expect(nearestEdge({ x: 8, y: 0.25 }, NOTCHED)).toEqual({ at: 3, distance: 0.25 });
  });
  test("the way to a line ends at its ends, and a line without length is a point", () => {
    const [a, b] = [
      { x: 0, y: 0 },
      { x: 10, y: 0 },
    ];
    expect(distanceToSegment({ x: 5, y: 3 }, a, b)).toBe(3);
    expect(distanceToSegment({ x: 13, y: 4 }, a, b)).toBe(5);
    expect(distanceToSegment({ x: 3, y: 4 }, a, a)).toBe(5);
  });
});
