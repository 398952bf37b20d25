import { expect, test } from "vitest";
import { click, drag, makeDesk, press } from "@/test/desk";
import { openDocument, undo } from "../editor";
import type { BoxShape, PolygonShape, Shape } from "../shapes";
import { SelectTool } from "./select";

const BOX: BoxShape = {
  id: "b",
  kind: "box",
  label: "word",
  ...{ x: 20, y: 20, width: 60, height: 40 },
};
const OUTLINE: PolygonShape = {
  id: "p",
  kind: "polygon",
  label: "word",
  points: [
    { x: 10, y: 10 },
    { x: 90, y: 10 },
    { x: 90, y: 90 },
    { x: 10, y: 90 },
  ],
};

function at(...shapes: Shape[]) {
  const desk = makeDesk();
  openDocument(desk.editor, shapes);
  const tool = new SelectTool(desk);
  const only = <One extends Shape>() => desk.editor.getState().shapes[0] as One;
  return { desk, tool, only };
}

test("a click selects, a drag moves in one step, a shaky click moves nothing", () => {
  const { desk, tool, only } = at(BOX);
  click(tool, 50, 40);
  expect(desk.editor.getState().selected).toBe("b");
  drag(tool, [50, 40], [51, 41]);
  expect(only()).toBe(BOX);
  drag(tool, [50, 40], [60, 45]);
  expect(only<BoxShape>()).toMatchObject({ x: 30, y: 25, width: 60, height: 40 });
  expect(desk.editor.getState().past).toHaveLength(1);
});

test("while it is dragged the document stays, and Esc forgets the drag", () => {
  const { tool, only } = at(BOX);
  tool.down(press(50, 40));
  tool.move(press(70, 60));
  expect(only()).toBe(BOX);
  expect(tool.draft).toMatchObject({ shape: { x: 40, y: 40 } });
  expect(tool.cancel()).toBe(true);
  tool.up(press(70, 60));
  expect(only()).toBe(BOX);
});

test("a corner of the selected box is pulled to the pixel", () => {
  const { tool, only } = at(BOX);
  click(tool, 50, 40);
  drag(tool, [80, 60], [99.6, 70.4]);
  expect(only<BoxShape>()).toMatchObject({ x: 20, y: 20, width: 80, height: 50 });
});

test("a locked shape can be selected and stays where it is", () => {
  const { desk, tool, only } = at(BOX);
  desk.editor.setState({ locked: new Set(["b"]) });
  drag(tool, [50, 40], [90, 80]);
  drag(tool, [80, 60], [99, 70]);
  expect(only()).toBe(BOX);
  expect(tool.delete()).toBe(false);
});

test("pulling the background moves the view", () => {
  const { desk, tool } = at(BOX);
  desk.scale = 2;
  tool.down(press(150, 90));
  tool.move(press(155, 88));
  expect(desk.pans).toEqual([[10, -4]]);
  expect(tool.cursor(press(155, 88))).toBe("grabbing");
});

test("a corner of an outline is pulled; the middle of an edge makes a new one", () => {
  const { desk, tool, only } = at(OUTLINE);
  click(tool, 50, 50);
  drag(tool, [90, 10], [95.4, 4.6]);
  expect(only<PolygonShape>().points[1]).toEqual({ x: 95, y: 5 });
  drag(tool, [50, 90], [50, 70]);
  expect(only<PolygonShape>().points).toHaveLength(5);
  expect(only<PolygonShape>().points[3]).toEqual({ x: 50, y: 70 });
  expect(desk.editor.getState().point).toBe(3);
  undo(desk.editor);
  undo(desk.editor);
  expect(only()).toBe(OUTLINE);
});

test("Alt+click takes a corner out, down to three", () => {
  const { desk, tool, only } = at(OUTLINE);
  click(tool, 50, 50);
  tool.down(press(90, 10, { alt: true }));
  tool.up(press(90, 10));
  expect(only<PolygonShape>().points).toHaveLength(3);
  tool.down(press(10, 10, { alt: true }));
  tool.up(press(10, 10));
  expect(only<PolygonShape>().points).toHaveLength(3);
  expect(desk.said.at(-1)).toMatch(/at least three/);
});

test("a finger needs less care than a mouse", () => {
  const { tool } = at(BOX);
  click(tool, 50, 40);
  expect(tool.handleAt(press(95, 75))).toBeNull();
  expect(tool.handleAt(press(95, 75, { touch: true }))).toMatchObject({
    handle: { kind: "side", side: "se" },
  });
});

test("a proposal is selected, and never moved before it is taken", () => {
  const { desk, tool } = at();
  openDocument(desk.editor, [], [BOX]);
  drag(tool, [50, 40], [70, 60]);
  expect(desk.editor.getState()).toMatchObject({ selected: "b", shapes: [], proposed: [BOX] });
});

test("who may only look moves nothing", () => {
  const { desk, only } = at(BOX);
  const tool = new SelectTool({ ...desk, readOnly: true });
  drag(tool, [50, 40], [70, 60]);
  expect(only()).toBe(BOX);
});
