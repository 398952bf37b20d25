import { describe, expect, test } from "vitest";
import { cursorOf, hitHandle, hitShape } from "./hit";
import type { BoxShape, InstanceShape, PolygonShape } from "./shapes";

const NONE: ReadonlySet<string> = new Set();

function box(id: string, x: number, y: number, width: number, height: number): BoxShape {
  return { id, kind: "box", label: "", x, y, width, height };
}

const SICKLE: PolygonShape = {
  id: "sickle",
  kind: "polygon",
  label: "",
  points: [
    { x: 0, y: 0 },
    { x: 100, y: 0 },
    { x: 100, y: 100 },
    { x: 80, y: 20 },
  ],
};

describe("a shape is hit", () => {
  const page = box("page", 0, 0, 100, 100);
  const line = box("line", 10, 10, 50, 10);
  test("when it is the smallest under the pointer, whatever was drawn last", () => {
    expect(hitShape([page, line], { x: 20, y: 15 }, 0, NONE)).toBe(line);
    expect(hitShape([line, page], { x: 20, y: 15 }, 0, NONE)).toBe(line);
    expect(hitShape([line, page], { x: 80, y: 80 }, 0, NONE)).toBe(page);
  });
  test("on top where two have the same size", () => {
    const twin = { ...line, id: "twin" };
    expect(hitShape([line, twin], { x: 20, y: 15 }, 0, NONE)).toBe(twin);
  });
  test("within the tolerance, and not beyond", () => {
    expect(hitShape([line], { x: 64, y: 15 }, 4, NONE)).toBe(line);
    expect(hitShape([line], { x: 65, y: 15 }, 4, NONE)).toBeUndefined();
  });
  test("not while it is hidden", () => {
    expect(hitShape([page, line], { x: 20, y: 15 }, 0, new Set(["line"]))).toBe(page);
  });
  test("by its outline, not by its frame", () => {
    expect(hitShape([SICKLE], { x: 20, y: 90 }, 4, NONE)).toBeUndefined();
    expect(hitShape([SICKLE], { x: 95, y: 50 }, 4, NONE)).toBe(SICKLE);
    expect(hitShape([SICKLE], { x: 50, y: -3 }, 4, NONE)).toBe(SICKLE);
  });
});

describe("a handle is hit", () => {
  const shape = box("b", 100, 100, 200, 100);
  test.each([
    [100, 100, "nw"],
    [300, 200, "se"],
    [300, 100, "ne"],
    [100, 200, "sw"],
    [200, 94, "n"],
    [200, 206, "s"],
    [94, 150, "w"],
    [306, 150, "e"],
  ])("at %i, %i: %s", (x, y, side) => {
    expect(hitHandle(shape, { x, y }, 8)).toEqual({ kind: "side", side });
  });
  test("not in the middle, where the shape is moved", () => {
    expect(hitHandle(shape, { x: 200, y: 150 }, 8)).toBeUndefined();
  });
  test("of a box smaller than the tolerance; its middle still moves it", () => {
    const small = box("s", 0, 0, 12, 12);
    expect(hitHandle(small, { x: 12, y: 12 }, 3)).toEqual({ kind: "side", side: "se" });
    expect(hitHandle(small, { x: 6, y: 6 }, 3)).toBeUndefined();
  });
  test("at a corner before the middle of an edge", () => {
    expect(hitHandle(SICKLE, { x: 2, y: 2 }, 8)).toEqual({ kind: "point", at: 0 });
    expect(hitHandle(SICKLE, { x: 50, y: 4 }, 8)).toEqual({ kind: "edge", at: 0 });
    expect(hitHandle(SICKLE, { x: 50, y: 60 }, 8)).toBeUndefined();
  });
  test("at the nearest of the placed points", () => {
    const points = [null, { x: 10, y: 10, occluded: false }, { x: 14, y: 10, occluded: true }];
    const face: InstanceShape = { id: "k", kind: "keypoints", label: "", points };
    expect(hitHandle(face, { x: 13, y: 10 }, 8)).toEqual({ kind: "point", at: 2 });
    expect(hitHandle(face, { x: 30, y: 30 }, 8)).toBeUndefined();
  });
  test("has a cursor that says what it does", () => {
    expect(cursorOf({ kind: "side", side: "nw" })).toBe("nwse-resize");
    expect(cursorOf({ kind: "edge", at: 0 })).toBe("copy");
    expect(cursorOf({ kind: "point", at: 0 })).toBe("grab");
  });
});
