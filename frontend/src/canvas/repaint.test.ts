import { expect, test } from "vitest";
import { add, change, createEditor, type EditorState, remove, select, undo } from "./editor";
import type { Sheet } from "./painter";
import { changedShapes, paintedOf, partToPaint } from "./repaint";
import type { Scene } from "./scene";
import type { BoxShape } from "./shapes";

const box = (id: string, x: number, width = 20): BoxShape => ({
  ...{ id, kind: "box", label: "word", x, y: 100, width, height: 10 },
});
const ink = { color: "#fff", dashed: false, text: "#111", tag: "word" };
const context = { measureText: () => ({ width: 30 }) } as unknown as CanvasRenderingContext2D;
const sheet: Sheet = { context, view: { x: 0, y: 0, scale: 1 } };

function sceneOf(state: EditorState): Scene {
  const question = { skeleton: null, leastSide: 0, inkOf: () => ink, titleOf: () => "" };
  return { state, question, room: { width: 1000, height: 500 }, readOnly: false };
}

/** The part to paint after a step, where the base showed what was before. */
function partAfter(
  start: Partial<EditorState>,
  step: (editor: ReturnType<typeof createEditor>) => void,
) {
  const editor = createEditor(start);
  const painted = paintedOf(sheet, sceneOf(editor.getState()));
  step(editor);
  return partToPaint(sheet, sceneOf(editor.getState()), painted);
}

const three = [box("a", 100), box("b", 400), box("c", 700)];

test("a step that changes one shape has its place painted, before and after", () => {
  const part = partAfter({ shapes: three }, (editor) =>
    change(
      editor,
      [box("a", 100), box("b", 450), box("c", 700)].map((one, at) =>
        at === 1 ? one : (three[at] as BoxShape),
      ),
    ),
  );
  expect(part?.x).toBeLessThan(400);
  expect(part?.x).toBeGreaterThan(120);
  expect((part?.x ?? 0) + (part?.width ?? 0)).toBeGreaterThan(470);
  expect((part?.x ?? 0) + (part?.width ?? 0)).toBeLessThan(700);
});

test("a step back paints where the shape was", () => {
  const editor = createEditor({ shapes: three.slice(0, 2) });
  add(editor, three[2] as BoxShape, { selected: null });
  const painted = paintedOf(sheet, sceneOf(editor.getState()));
  undo(editor);
  expect(partToPaint(sheet, sceneOf(editor.getState()), painted)).toMatchObject({ x: 692 });
});

test("the selected shape is on the other canvas: selecting another one paints both places", () => {
  const part = partAfter({ shapes: three, selected: "a" }, (editor) => select(editor, "b"));
  expect(part?.x).toBe(92);
  expect((part?.x ?? 0) + (part?.width ?? 0)).toBeGreaterThan(420);
});

test("nothing is painted for what is not on this canvas", () => {
  const tool = partAfter({ shapes: three }, (editor) => editor.setState({ tool: "select" }));
  expect(tool?.width).toBe(0);
  const gone = partAfter({ shapes: three, selected: "b" }, (editor) => remove(editor, "b"));
  expect(gone?.width).toBe(0);
  const away = [box("far", 5000)];
  expect(partAfter({ shapes: away }, (editor) => change(editor, []))?.width).toBe(0);
});

test("hiding paints the place of what is hidden", () => {
  const part = partAfter({ shapes: three }, (editor) =>
    editor.setState({ hidden: new Set(["c"]) }),
  );
  expect(part?.x).toBe(692);
});

test("a taken proposal is painted, though it is the same shape", () => {
  const part = partAfter({ proposed: [three[0] as BoxShape] }, (editor) =>
    change(editor, [three[0] as BoxShape]),
  );
  expect(part?.x).toBe(92);
});

test("all is painted where the order or the layers change, or names come into sight", () => {
  const [a, b, c] = three as [BoxShape, BoxShape, BoxShape];
  expect(partAfter({ shapes: three }, (editor) => change(editor, [b, a, c]))).toBeNull();
  expect(partAfter({ shapes: three }, (editor) => editor.setState({ layers: [] }))).toBeNull();
  const many = Array.from({ length: 151 }, (_, at) => box(`m${at}`, at * 2, 30));
  expect(partAfter({ shapes: many }, (editor) => change(editor, many.slice(1)))).toBeNull();
  const wide = [box("w", 0, 900), { ...box("v", 0, 900), y: 400 }];
  expect(partAfter({ shapes: wide }, (editor) => change(editor, []))).toBeNull();
});

test("shapes that stay the same are not among the changed ones", () => {
  const before = createEditor({ shapes: three }).getState();
  const other = box("b", 401);
  const now = { ...before, shapes: three.with(1, other) };
  expect(changedShapes(before, now)).toEqual([three[1], other]);
  expect(changedShapes(before, before)).toEqual([]);
});
