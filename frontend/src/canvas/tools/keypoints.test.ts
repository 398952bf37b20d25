import { expect, test } from "vitest";
import { click, drag, makeDesk, press } from "@/test/desk";
import { redo, undo } from "../editor";
import type { InstanceShape } from "../shapes";
import { skeletonOf } from "../skeletons";
import { KeypointsTool } from "./keypoints";

const THREE = skeletonOf([{ name: "hand" }, { name: "elbow" }, { name: "shoulder" }]);
const FACE = skeletonOf(
  ["left_eye", "right_eye", "nose", "left_mouth", "right_mouth"].map((name) => ({ name })),
);

function placing(skeleton = THREE) {
  const desk = makeDesk({ tool: "keypoints", label: "arm" });
  desk.skeleton = skeleton;
  const tool = new KeypointsTool(desk);
  const points = (at = 0) =>
    (desk.editor.getState().shapes[at] as InstanceShape | undefined)?.points.map(
      (point) => point && [point.x, point.y, point.occluded ? 1 : 2],
    );
  const next = () => desk.editor.getState().placing?.at ?? null;
  return { desk, tool, points, next };
}

test("clicks place the points in order, and say which comes next", () => {
  const { desk, tool, points } = placing();
  click(tool, 10.04, 20.06);
  click(tool, 30, 40, { shift: true });
  click(tool, 50, 60);
  expect(points()).toEqual([
    [10, 20.1, 2],
    [30, 40, 1],
    [50, 60, 2],
  ]);
  expect(desk.said).toEqual([
    "Next: elbow, 2 of 3",
    "Next: shoulder, 3 of 3",
    "arm: all points placed",
  ]);
});

test("after the last point a click begins the next one", () => {
  const { desk, tool, points } = placing();
  for (let x = 10; x <= 160; x += 50) click(tool, x, 10);
  expect(desk.editor.getState().shapes).toHaveLength(2);
  expect(points(1)).toEqual([[160, 10, 2], null, null]);
});

test("a point that is passed over is absent, and the next one is placed", () => {
  const { tool, points } = placing();
  click(tool, 10, 10);
  expect(tool.skip()).toBe(true);
  click(tool, 90, 90);
  expect(points()).toEqual([[10, 10, 2], null, [90, 90, 2]]);
});

test("a step back while placing asks for the same point again, also after the last one", () => {
  const { desk, tool, points, next } = placing();
  click(tool, 10, 10);
  tool.skip();
  click(tool, 90, 90);
  expect(next()).toBeNull();
  undo(desk.editor);
  expect(next()).toBe(2);
  click(tool, 80, 80);
  expect(points()).toEqual([[10, 10, 2], null, [80, 80, 2]]);
  expect(desk.editor.getState().shapes).toHaveLength(1);
});

test("a step forward goes on after the point that came back", () => {
  const { desk, tool, next } = placing();
  click(tool, 10, 10);
  click(tool, 50, 50);
  undo(desk.editor);
  expect(next()).toBe(1);
  redo(desk.editor);
  expect(next()).toBe(2);
});

test("Backspace takes back the last point and leaves the first", () => {
  const { tool, points, next } = placing();
  click(tool, 10, 10);
  click(tool, 50, 50);
  expect(tool.back()).toBe(true);
  expect(points()).toEqual([[10, 10, 2], null, null]);
  expect(next()).toBe(1);
  expect(tool.back()).toBe(false);
});

test("Esc ends the placing and keeps what is placed", () => {
  const { tool, points, next } = placing();
  click(tool, 10, 10);
  expect(tool.cancel()).toBe(true);
  expect(next()).toBeNull();
  expect(points()).toEqual([[10, 10, 2], null, null]);
});

test("a frame is filled with the mean face, the subject's left on the right", () => {
  const { desk, tool, points } = placing(FACE);
  drag(tool, [20, 10], [80, 70]);
  const [left, right] = points() as [number[], number[]];
  expect(left[0]).toBeGreaterThan(right[0] as number);
  expect(points()?.every((point) => point !== null)).toBe(true);
  expect(desk.editor.getState().past).toHaveLength(1);
});

test("a small frame far in draws too, and a click is no frame", () => {
  const { desk, tool, points } = placing(FACE);
  desk.scale = 16;
  drag(tool, [20, 10], [23, 13]);
  expect(points()?.every((point) => point !== null)).toBe(true);
  drag(tool, [100, 50], [100.1, 50.2]);
  expect(points(1)).toEqual([[100.1, 50.2, 2], null, null, null, null]);
});

test("a short slanted drag leaves nothing half drawn", () => {
  const { tool } = placing(FACE);
  drag(tool, [20, 10], [23, 13]);
  expect(tool.draft).toBeNull();
});

test("a placed point is pulled into place, and stays hidden", () => {
  const { desk, tool, points } = placing();
  click(tool, 10, 10, { shift: true });
  tool.cancel();
  drag(tool, [10, 10], [14.44, 18.26]);
  expect(points()?.[0]).toEqual([14.4, 18.3, 1]);
  expect(desk.editor.getState().shapes).toHaveLength(1);
});

test("points of a locked shape are not pulled", () => {
  const { desk, tool, points } = placing();
  click(tool, 10, 10);
  tool.cancel();
  const [shape] = desk.editor.getState().shapes;
  desk.editor.setState({ locked: new Set([shape?.id ?? ""]) });
  tool.down(press(10, 10));
  tool.move(press(40, 40));
  expect(tool.draft).toBeNull();
  tool.abort();
  expect(points()?.[0]).toEqual([10, 10, 2]);
});
