import { describe, expect, test } from "vitest";
import {
  type BoxShape,
  copyOf,
  fittedInto,
  type InstanceShape,
  moved,
  type PolygonShape,
  pulled,
  resized,
  withNewCorner,
  withoutCorner,
  withPoint,
} from "./shapes";

const IMAGE = { width: 100, height: 80 };
const BOX: BoxShape = {
  id: "b",
  kind: "box",
  label: "word",
  ...{ x: 10, y: 20, width: 30, height: 40 },
};
const TRIANGLE: PolygonShape = {
  id: "p",
  kind: "polygon",
  label: "word",
  points: [
    { x: 10, y: 10 },
    { x: 20, y: 10 },
    { x: 15, y: 30 },
  ],
};
const FACE: InstanceShape = {
  id: "k",
  kind: "keypoints",
  label: "face",
  points: [{ x: 10.5, y: 10.1, occluded: true }, null, { x: 20.5, y: 30.1, occluded: false }],
};

const rect = ({ x, y, width, height }: BoxShape) => [x, y, width, height];

describe("moving", () => {
  test("keeps the size to the pixel, whatever the way", () => {
    expect(rect(moved(BOX, { x: 3.4, y: -2.6 }, IMAGE))).toEqual([13, 17, 30, 40]);
  });
  test("stops at the edges without losing size", () => {
    expect(rect(moved(BOX, { x: 1e6, y: 1e6 }, IMAGE))).toEqual([70, 40, 30, 40]);
    expect(rect(moved(BOX, { x: -1e6, y: -1e6 }, IMAGE))).toEqual([0, 0, 30, 40]);
  });
  test("moves points by tenths, keeps what is hidden hidden and what is absent absent", () => {
    expect(moved(FACE, { x: 0.12, y: 1 }, IMAGE).points).toEqual([
      { x: 10.6, y: 11.1, occluded: true },
      null,
      { x: 20.6, y: 31.1, occluded: false },
    ]);
  });
  test("leaves a skeleton of which nothing is placed as it is", () => {
    const none = { ...FACE, points: [null, null] };
    expect(moved(none, { x: 5, y: 5 }, IMAGE)).toBe(none);
  });
});

describe("pulling a box", () => {
  test("by a corner moves two sides, by a side one", () => {
    expect(rect(pulled(BOX, "se", { x: 50, y: 70 }, IMAGE))).toEqual([10, 20, 40, 50]);
    expect(rect(pulled(BOX, "w", { x: 5, y: 77 }, IMAGE))).toEqual([5, 20, 35, 40]);
  });
  test("past its other side turns it over", () => {
    expect(rect(pulled(BOX, "nw", { x: 60, y: 70 }, IMAGE))).toEqual([40, 60, 20, 10]);
  });
  test("never makes it vanish, nor puts it beside the image", () => {
    expect(rect(pulled(BOX, "e", { x: 10, y: 0 }, IMAGE))).toEqual([10, 20, 1, 40]);
    const edge = { ...BOX, x: 70, width: 30 };
    expect(rect(pulled(edge, "w", { x: 500, y: 0 }, IMAGE))).toEqual([99, 20, 1, 40]);
  });
});

describe("resizing", () => {
  test("keeps the upper left corner, at least one pixel, and stays on the image", () => {
    expect(rect(resized(BOX, { x: 5, y: -5 }, IMAGE))).toEqual([10, 20, 35, 35]);
    expect(rect(resized(BOX, { x: -1e6, y: 1e6 }, IMAGE))).toEqual([10, 20, 1, 60]);
  });
  test("fits points where they were within the frame", () => {
    const wide = fittedInto(TRIANGLE, { x: 0, y: 0, width: 20, height: 20 }, IMAGE);
    expect(wide.points).toEqual([
      { x: 0, y: 0 },
      { x: 20, y: 0 },
      { x: 10, y: 20 },
    ]);
  });
});

describe("corners", () => {
  test("come in after their edge, and three stay", () => {
    const more = withNewCorner(TRIANGLE, 2, { x: 12, y: 20 });
    expect(more.points).toHaveLength(4);
    expect(more.points[3]).toEqual({ x: 12, y: 20 });
    expect(withoutCorner(more, 3)).toEqual(TRIANGLE);
    expect(withoutCorner(TRIANGLE, 0)).toBeNull();
  });
  test("a point that is moved stays hidden; a box has none", () => {
    expect(withPoint(FACE, 0, { x: 1.23, y: 500 }, IMAGE)).toMatchObject({
      points: [{ x: 1.2, y: 80, occluded: true }, null, {}],
    });
    expect(withPoint(BOX, 0, { x: 1, y: 1 }, IMAGE)).toBe(BOX);
  });
});

describe("a copy", () => {
  test("lies a little aside, the other way at the edge", () => {
    expect(rect(copyOf(BOX, 12, IMAGE))).toEqual([22, 32, 30, 40]);
    const corner = { ...BOX, x: 70, y: 40 };
    expect(rect(copyOf(corner, 12, IMAGE))).toEqual([58, 28, 30, 40]);
  });
  test("is another shape", () => {
    expect(copyOf(BOX, 0, IMAGE).id).not.toBe(BOX.id);
  });
});
