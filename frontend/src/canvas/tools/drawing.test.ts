import { expect, test } from "vitest";
import { click, drag, makeDesk, press } from "@/test/desk";
import { undo } from "../editor";
import type { BoxShape, PolygonShape } from "../shapes";
import { BoxTool } from "./box";
import { PolygonTool } from "./polygon";

function boxes() {
  const desk = makeDesk({ tool: "box" });
  const tool = new BoxTool(desk);
  const rects = () =>
    desk.editor.getState().shapes.map((shape) => {
      const { x, y, width, height } = shape as BoxShape;
      return [x, y, width, height];
    });
  return { desk, tool, rects };
}

function polygons() {
  const desk = makeDesk({ tool: "polygon" });
  const tool = new PolygonTool(desk);
  const outlines = () =>
    desk.editor
      .getState()
      .shapes.map((shape) => (shape as PolygonShape).points.map(({ x, y }) => [x, y]));
  return { desk, tool, outlines };
}

test("a drag draws a box between whole pixels, from any corner", () => {
  const { tool, rects } = boxes();
  drag(tool, [10.4, 20.4], [50.6, 60.6]);
  drag(tool, [50.6, 60.6], [10.4, 20.4]);
  expect(rects()).toEqual([
    [10, 20, 41, 41],
    [10, 20, 41, 41],
  ]);
});

test("a click on each of two corners draws the same box", () => {
  const { tool, rects } = boxes();
  click(tool, 10.4, 20.4);
  tool.move(press(30, 30));
  expect(tool.draft).toEqual({ kind: "rect", rect: { x: 10, y: 20, width: 20, height: 10 } });
  click(tool, 50.6, 60.6);
  expect(rects()).toEqual([[10, 20, 41, 41]]);
  expect(tool.draft).toBeNull();
});

test("a box pulled past the edge ends at the edge", () => {
  const { tool, rects } = boxes();
  drag(tool, [150, 50], [900, -40]);
  expect(rects()).toEqual([[150, 0, 50, 50]]);
});

test("a shaky click is a click, at every zoom", () => {
  const { desk, tool, rects } = boxes();
  desk.scale = 8;
  drag(tool, [10, 10], [10.3, 10.3]);
  expect(rects()).toEqual([]);
  click(tool, 14, 15);
  expect(rects()).toEqual([[10, 10, 4, 5]]);
});

test("a box below the least side is refused aloud", () => {
  const { desk, tool, rects } = boxes();
  desk.leastSide = 5;
  drag(tool, [10, 10], [40, 14]);
  expect(rects()).toEqual([]);
  expect(desk.said).toEqual(["Too small: not added"]);
});

test("a second finger forgets a box that is pulled, and keeps a corner that was clicked", () => {
  const { tool, rects } = boxes();
  tool.down(press(10, 10));
  tool.move(press(30, 30));
  tool.abort();
  tool.up(press(30, 30));
  expect(rects()).toEqual([]);
  click(tool, 10, 10);
  tool.down(press(80, 80));
  tool.abort();
  click(tool, 30, 40);
  expect(rects()).toEqual([[10, 10, 20, 30]]);
});

test("Esc drops the box, Enter keeps it as it is seen", () => {
  const { tool, rects } = boxes();
  click(tool, 10, 10);
  expect(tool.cancel()).toBe(true);
  expect(tool.cancel()).toBe(false);
  click(tool, 10, 10);
  tool.move(press(20, 20));
  expect(tool.finish()).toBe(true);
  expect(rects()).toEqual([[10, 10, 10, 10]]);
});

test("an outline closes by a click on its first corner", () => {
  const { desk, tool, outlines } = polygons();
  for (const [x, y] of [
    [10.2, 10.4],
    [60, 10],
    [60, 80],
  ] as const) {
    click(tool, x, y);
  }
  click(tool, 13, 12);
  expect(outlines()).toEqual([
    [
      [10, 10],
      [60, 10],
      [60, 80],
    ],
  ]);
  expect(desk.said.at(-1)).toBe("word added, 1 shape");
});

test("an outline closes by a double click and by Enter, without a doubled corner", () => {
  const { tool, outlines } = polygons();
  for (const end of [() => click(tool, 60, 80), () => tool.finish()]) {
    click(tool, 10, 10);
    click(tool, 60, 10);
    click(tool, 60, 80);
    end();
  }
  expect(outlines().map((points) => points.length)).toEqual([3, 3]);
});

test("the draft shows that the next click would close", () => {
  const { tool } = polygons();
  click(tool, 10, 10);
  click(tool, 60, 10);
  tool.move(press(10, 10));
  expect(tool.draft).toMatchObject({ closing: false });
  click(tool, 60, 80);
  tool.move(press(11, 11));
  expect(tool.draft).toMatchObject({ closing: true });
  expect(tool.cursor(press(11, 11))).toBe("pointer");
});

test("Backspace takes corners back one by one, Esc all", () => {
  const { tool } = polygons();
  click(tool, 10, 10);
  click(tool, 60, 10);
  expect([tool.back(), tool.back(), tool.back()]).toEqual([true, true, false]);
  click(tool, 10, 10);
  expect([tool.cancel(), tool.cancel()]).toEqual([true, false]);
});

test("an outline without area is refused aloud and stays to be mended", () => {
  const { desk, tool, outlines } = polygons();
  click(tool, 10, 10);
  click(tool, 60, 10);
  click(tool, 90, 10);
  expect(tool.finish()).toBe(true);
  expect(outlines()).toEqual([]);
  expect(desk.said.at(-1)).toMatch(/three corners/);
  click(tool, 90, 60);
  tool.finish();
  expect(outlines()).toHaveLength(1);
});

test("a pinch between two corners adds none", () => {
  const { tool, outlines } = polygons();
  click(tool, 10, 10);
  tool.down();
  tool.abort();
  tool.up(press(40, 40));
  click(tool, 60, 10);
  click(tool, 60, 80);
  tool.finish();
  expect(outlines()[0]).toHaveLength(3);
});

test("one shape is one step", () => {
  const { desk, tool, outlines } = polygons();
  click(tool, 10, 10);
  click(tool, 60, 10);
  click(tool, 60, 80);
  tool.finish();
  undo(desk.editor);
  expect(outlines()).toEqual([]);
  expect(desk.editor.getState().past).toEqual([]);
});
