import { expect, test } from "vitest";
import { fitting, type Ink, packed, paint, sideOf } from "./painter";
import { FULL, inside, Near, type Points, readCodes, readPoints } from "./points";

/** The document for points at these places; the items count from 100. */
function pointsAt(places: readonly (readonly [number, number])[]): Points {
  const buffer = new ArrayBuffer(12 * places.length);
  new Float64Array(buffer, 0, places.length).set(places.map((_, at) => 100 + at));
  new Uint16Array(buffer, 8 * places.length).set(places.flat());
  return readPoints(buffer);
}

const all = () => true;

test("the document is read, and one of another length refused", () => {
  const points = pointsAt([
    [0, FULL],
    [7, 9],
  ]);
  expect([points.count, points.placeOf(101), points.placeOf(5)]).toEqual([2, 1, -1]);
  expect([...points.x, ...points.y]).toEqual([0, 7, FULL, 9]);
  expect(() => readPoints(new ArrayBuffer(13))).toThrow();
  expect([...readCodes(btoa("\u0000\u00ff"))]).toEqual([0, 255]);
});

test("the nearest shown point within reach is found", () => {
  const near = new Near(
    pointsAt([
      [1000, 1000],
      [1100, 1000],
      [60_000, 60_000],
    ]),
  );
  expect(near.nearest(1040, 1000, 100, all)).toBe(0);
  expect(near.nearest(1040, 1000, 100, (place) => place !== 0)).toBe(1);
  expect(near.nearest(30_000, 30_000, 100, all)).toBe(-1);
});

test("a lasso holds what lies inside of it, also where it bends inwards", () => {
  const points = pointsAt([
    [1000, 1000],
    [5000, 1000],
    [3000, 3000],
    [9000, 9000],
  ]);
  const bent = [
    [0, 0],
    [6000, 0],
    [6000, 6000],
    [3000, 2000],
    [0, 6000],
  ] as const;
  expect(inside(points, new Near(points), bent, all)).toEqual([0, 1]);
  expect(inside(points, new Near(points), bent.slice(0, 2), all)).toEqual([]);
});

test("points are painted in their colours, hidden ones not, unchosen ones faded", () => {
  const points = pointsAt([
    [0, 0],
    [FULL, FULL],
  ]);
  const ink: Ink = { colours: new Uint32Array(256).fill(packed("#0072B2")), faded: 7 };
  const pixels = new Uint32Array(100 * 100);
  const view = fitting(100, 100);
  const painted = (hidden: Set<number>, chosen: Uint8Array | null) => {
    const shown = { points, codes: Uint8Array.of(0, 1), hidden, chosen };
    paint(pixels, 100, 100, view, 2, shown, ink);
    return [
      pixels.filter((one) => one === packed("#0072B2")).length,
      pixels.filter((one) => one === 7).length,
    ];
  };
  expect(packed("#0072B2")).toBe(0xff_b2_72_00);
  expect(painted(new Set(), null)).toEqual([8, 0]);
  expect(painted(new Set([1]), null)).toEqual([4, 0]);
  expect(painted(new Set(), Uint8Array.of(1, 0))).toEqual([4, 4]);
});

test("a point is larger where there are few, and grows as one comes closer", () => {
  const side = (count: number, closer = 1, ratio = 1) => {
    const all = fitting(800 * ratio, 700 * ratio);
    const view = { ...all, scale: all.scale * closer };
    return sideOf(view, 800 * ratio, 700 * ratio, ratio, count);
  };
  expect([100, 1000, 10_000, 100_000].map((count) => side(count))).toEqual([9, 5, 2, 2]);
  expect([side(100_000, 64), side(100_000, 1e6), side(100, 64)]).toEqual([8, 9, 9]);
  expect([side(1000, 1, 2), side(100_000, 1, 2)]).toEqual([10, 4]);
});
