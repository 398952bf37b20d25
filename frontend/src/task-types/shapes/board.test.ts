import { beforeEach, describe, expect, test } from "vitest";
import type { JsonObject } from "@/api/types";
import { createEditor, openDocument } from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import type { BoxShape, InstanceShape, PolygonShape, Shape } from "@/canvas/shapes";
import { KeypointsTool } from "@/canvas/tools/keypoints";
import { SelectTool } from "@/canvas/tools/select";
import { makeDesk } from "@/test/desk";
import { Board } from "./board";
import { regionSchema } from "./regionSchema";

type Drawing = "box" | "polygon" | "keypoints";

const LABELS = [{ name: "word" }, { name: "line", title: "Line" }, { name: "old", retired: true }];
const POINTS = ["left", "right"].map((name) => ({
  name,
  mirror: name === "left" ? "right" : "left",
}));

/** A board over a desk of 200 by 100 pixels, of which all is in sight. */
function boardOf(drawing: Drawing, more: JsonObject = {}, shapes: readonly Shape[] = []) {
  const schema = { labels: LABELS, ...(drawing === "keypoints" && { points: POINTS }), ...more };
  const desk = makeDesk();
  const editor = createEditor({ label: "word", tool: drawing });
  openDocument(editor, shapes);
  const board = new Board(editor, regionSchema(schema as unknown as JsonObject, 1), drawing);
  const part = { ...desk, editor, skeleton: board.schema.skeleton };
  const points = new KeypointsTool(part);
  const selecting = new SelectTool(part);
  const sight = { x: 0, y: 0, width: 200, height: 100 };
  board.engine = {
    ...part,
    ...{ sight, points, selecting, tool: selecting },
    centre: () => ({ x: 100, y: 50 }),
    aim: { at: null, stop: () => false },
  } as unknown as CanvasEngine;
  const first = <One extends Shape>() => editor.getState().shapes[0] as One;
  return { board, editor, first };
}

const BOX: BoxShape = {
  id: "b",
  kind: "box",
  label: "word",
  ...{ x: 10, y: 10, width: 20, height: 20 },
};
const FACE: InstanceShape = {
  id: "k",
  kind: "keypoints",
  label: "word",
  points: [{ x: 10, y: 20, occluded: false }, null],
};

beforeEach(() => localStorage.clear());

describe("by keys alone", () => {
  test("a new box lies in the middle, and is moved and resized", () => {
    const { board, first } = boardOf("box");
    board.making.create();
    expect(first()).toMatchObject({ x: 88, y: 38, width: 25, height: 25 });
    board.nudge({ x: -10, y: 1 });
    board.resize({ x: 5, y: -5 });
    expect(first()).toMatchObject({ x: 78, y: 39, width: 30, height: 20 });
  });
  test("a new outline's corners are moved one by one, and more are made", () => {
    const { board, editor, first } = boardOf("polygon");
    board.making.create();
    board.points.stepPoint(1);
    board.nudge({ x: -4, y: 0 });
    board.points.insertCorner();
    expect(first<PolygonShape>().points).toHaveLength(5);
    expect(editor.getState().point).toBe(1);
    board.delete();
    expect(first<PolygonShape>().points).toHaveLength(4);
  });
  test("new points lie about the middle and are moved by tenths' whole pixels", () => {
    const { board, first } = boardOf("keypoints");
    board.making.create();
    const before = first<InstanceShape>().points.map((point) => point?.x);
    board.points.stepPoint(1);
    board.nudge({ x: 1, y: 0 });
    expect(first<InstanceShape>().points[0]?.x).toBeCloseTo((before[0] ?? 0) + 1, 6);
    expect(first<InstanceShape>().points[1]?.x).toBe(before[1]);
  });
});

describe("labels", () => {
  test("go to the selected shape, and to the next one", () => {
    const { board, editor, first } = boardOf("box", {}, [BOX]);
    board.setLabel("line");
    expect([first().label, editor.getState().label]).toEqual(["word", "line"]);
    board.selectNext(1);
    board.setLabel("line");
    expect(first().label).toBe("line");
  });
  test("have digits in their order, without those that are retired", () => {
    const { board } = boardOf("box");
    expect(board.schema.inUse.map(({ name, key }) => [name, key])).toEqual([
      ["word", "1"],
      ["line", "2"],
    ]);
  });
});

describe("copies", () => {
  test("lie aside where they came from, each a little further", () => {
    const { board, editor } = boardOf("box", {}, [BOX]);
    board.selectNext(1);
    board.making.copy();
    board.making.paste();
    board.making.paste();
    expect(editor.getState().shapes.map((shape) => (shape as BoxShape).x)).toEqual([10, 22, 34]);
  });
  test("lie in the same place on the next image", () => {
    const from = boardOf("box", {}, [BOX]);
    from.board.selectNext(1);
    from.board.making.copy();
    const to = boardOf("box");
    expect(to.board.making.canPaste).toBe(true);
    to.board.making.paste();
    expect(to.first()).toMatchObject({ x: 10, y: 10 });
  });
  test("are not pasted into another kind of answer", () => {
    const from = boardOf("box", {}, [BOX]);
    from.board.selectNext(1);
    from.board.making.copy();
    expect(boardOf("polygon").board.making.canPaste).toBe(false);
  });
});

describe("an answer may not be sent", () => {
  test("with a label that is not in use", () => {
    const { board } = boardOf("box", {}, [{ ...BOX, label: "old" }]);
    expect(board.obstacle).toMatch(/label/);
  });
  test("with a box that was pulled below the least side; it says which", () => {
    const { board } = boardOf("box", { least_side: 8 }, [BOX, { ...BOX, id: "c", width: 7 }]);
    expect(board.obstacle).toBe("Shape 2, word: each side needs at least 8 pixels.");
  });
  test("with an outline that was pulled flat", () => {
    const points = [0, 5, 9].map((x) => ({ x, y: 3 }));
    const { board } = boardOf("polygon", {}, [{ id: "p", kind: "polygon", label: "word", points }]);
    expect(board.obstacle).toMatch(/no area/);
  });
  test("with more shapes than the server takes", () => {
    const many = Array.from({ length: 1001 }, (_, at) => ({ ...BOX, id: `${at}` }));
    expect(boardOf("box", {}, many).board.obstacle).toMatch(/1000|1,000/);
    expect(boardOf("box", {}, many.slice(1)).board.obstacle).toBeNull();
  });
});

describe("marks", () => {
  test("hide and lock the selected shape; a locked one is neither moved nor deleted", () => {
    const { board, editor, first } = boardOf("box", {}, [BOX]);
    board.selectNext(1);
    board.toggleLocked();
    board.nudge({ x: 5, y: 0 });
    board.delete();
    expect(first()).toBe(BOX);
    board.toggleLocked();
    board.toggleHidden();
    expect(editor.getState().hidden.has("b")).toBe(true);
  });
  test("all shapes are hidden together and come back together", () => {
    const { board, editor } = boardOf("box", {}, [BOX, { ...BOX, id: "c" }]);
    board.toggleAllHidden();
    expect(editor.getState().hidden.size).toBe(2);
    board.toggleAllHidden();
    expect(editor.getState().hidden.size).toBe(0);
  });
});

describe("points", () => {
  test("are visible, hidden or absent; an absent one is placed by the next click", () => {
    const { board, editor, first } = boardOf("keypoints", {}, [FACE]);
    board.selectNext(1);
    board.points.setVisibility(0, 1);
    expect(first<InstanceShape>().points[0]?.occluded).toBe(true);
    board.points.setVisibility(0, 0);
    expect(first<InstanceShape>().points[0]).toBeNull();
    board.points.setVisibility(1, 2);
    expect(editor.getState()).toMatchObject({ placing: { id: "k", at: 1 }, tool: "keypoints" });
  });
  test("exchange their names by the permutation of the schema", () => {
    const { board, first } = boardOf("keypoints", {}, [FACE]);
    board.selectNext(1);
    board.points.swapNames();
    expect(first<InstanceShape>().points).toEqual([null, FACE.points[0]]);
  });
});

test("attributes that are typed are one step", () => {
  const { board, editor, first } = boardOf(
    "box",
    { attributes: [{ name: "note", kind: "text" }] },
    [BOX],
  );
  board.selectNext(1);
  for (const text of ["c", "cu", "cut"]) board.setAttribute("note", text);
  expect(first().attributes).toEqual({ note: "cut" });
  board.undo();
  expect(first()).toBe(BOX);
  expect(editor.getState().past).toEqual([]);
});
