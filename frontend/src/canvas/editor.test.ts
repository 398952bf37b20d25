import { describe, expect, test } from "vitest";
import {
  add,
  change,
  createEditor,
  dismissProposed,
  openDocument,
  openProposals,
  redo,
  remove,
  reorder,
  replace,
  select,
  selectedShape,
  selectNext,
  takeProposed,
  toggled,
  undo,
} from "./editor";
import type { BoxShape } from "./shapes";

function box(id: string, x = 0): BoxShape {
  return { id, kind: "box", label: "", x, y: 0, width: 10, height: 10 };
}

const ids = (editor: ReturnType<typeof createEditor>) =>
  editor.getState().shapes.map((shape) => shape.id);

function withThree() {
  const editor = createEditor();
  openDocument(editor, [box("a"), box("b"), box("c")]);
  return editor;
}

describe("steps", () => {
  test("lead back to the beginning and forward to the end", () => {
    const editor = createEditor();
    add(editor, box("a"));
    add(editor, box("b"));
    replace(editor, box("a", 5));
    remove(editor, "b");
    const end = editor.getState().shapes;
    while (undo(editor));
    expect(ids(editor)).toEqual([]);
    while (redo(editor));
    expect(editor.getState().shapes).toBe(end);
  });
  test("share the shapes that did not change", () => {
    const editor = withThree();
    const [first] = editor.getState().shapes;
    replace(editor, box("b", 7));
    expect(editor.getState().shapes[0]).toBe(first);
    undo(editor);
    expect(editor.getState().shapes[0]).toBe(first);
  });
  test("of a held key are one, until something else comes between", () => {
    const editor = withThree();
    for (const x of [1, 2, 3]) replace(editor, box("a", x), { step: "move a" });
    replace(editor, box("b", 1), { step: "move b" });
    replace(editor, box("a", 4), { step: "move a" });
    const places: number[] = [];
    while (undo(editor)) places.push((editor.getState().shapes[0] as BoxShape).x);
    expect(places).toEqual([3, 3, 0]);
  });
  test("that changed nothing are none", () => {
    const editor = withThree();
    const [first] = editor.getState().shapes;
    if (first) replace(editor, first);
    replace(editor, box("elsewhere"));
    expect(undo(editor)).toBe(false);
  });
  test("after a step back begin anew", () => {
    const editor = createEditor();
    add(editor, box("a"));
    undo(editor);
    add(editor, box("b"));
    expect(redo(editor)).toBe(false);
    expect(ids(editor)).toEqual(["b"]);
  });
  test("are remembered two hundred back", () => {
    const editor = withThree();
    for (let x = 1; x <= 250; x += 1) replace(editor, box("a", x));
    let steps = 0;
    while (undo(editor)) steps += 1;
    expect(steps).toBe(200);
    expect((editor.getState().shapes[0] as BoxShape).x).toBe(50);
  });
  test("of another document are forgotten, with all that was selected, hidden and locked", () => {
    const editor = withThree();
    replace(editor, box("a", 1));
    select(editor, "a");
    editor.setState({ hidden: new Set(["a"]), locked: new Set(["b"]), label: "kept" });
    openDocument(editor, [box("z")]);
    expect(undo(editor)).toBe(false);
    const { selected, hidden, locked, label } = editor.getState();
    expect([selected, hidden.size, locked.size, label]).toEqual([null, 0, 0, "kept"]);
  });
  test("back leave nothing selected that is gone", () => {
    const editor = createEditor();
    add(editor, box("a"));
    expect(selectedShape(editor)?.id).toBe("a");
    undo(editor);
    expect(editor.getState().selected).toBeNull();
  });
});

describe("choosing", () => {
  test("goes round the shapes both ways and passes hidden ones over", () => {
    const editor = withThree();
    editor.setState({ hidden: new Set(["b"]) });
    const seen = [1, 1, 1, -1, -1].map((step) => selectNext(editor, step as 1 | -1)?.id);
    expect(seen).toEqual(["a", "c", "a", "c", "a"]);
  });
  test("backwards begins at the end; of nothing there is nothing", () => {
    expect(selectNext(withThree(), -1)?.id).toBe("c");
    expect(selectNext(createEditor(), 1)).toBeUndefined();
  });
});

describe("order", () => {
  test("changes by one place, in one step, and ends at the ends", () => {
    const editor = withThree();
    expect(reorder(editor, "a", 1)).toBe(true);
    expect(ids(editor)).toEqual(["b", "a", "c"]);
    expect(reorder(editor, "b", -1)).toBe(false);
    expect(reorder(editor, "c", 1)).toBe(false);
    expect(reorder(editor, "none", 1)).toBe(false);
    undo(editor);
    expect(ids(editor)).toEqual(["a", "b", "c"]);
  });
});

describe("proposals", () => {
  function withProposals() {
    const editor = createEditor();
    openDocument(editor, [], [box("p"), box("q")]);
    return editor;
  }
  test("are in the answer once they are taken, and open again after a step back", () => {
    const editor = withProposals();
    expect(takeProposed(editor, "p")).toBe(1);
    expect(ids(editor)).toEqual(["p"]);
    expect(openProposals(editor.getState()).map((one) => one.id)).toEqual(["q"]);
    undo(editor);
    expect(openProposals(editor.getState())).toHaveLength(2);
  });
  test("all at once are one step", () => {
    const editor = withProposals();
    expect(takeProposed(editor)).toBe(2);
    expect(takeProposed(editor)).toBe(0);
    undo(editor);
    expect(ids(editor)).toEqual([]);
  });
  test("that were dismissed, or taken and deleted, do not come back", () => {
    const editor = withProposals();
    dismissProposed(editor, "p");
    takeProposed(editor, "q");
    remove(editor, "q");
    expect(openProposals(editor.getState())).toEqual([]);
  });
});

test("a mark is put on and taken off without touching the old set", () => {
  const before = new Set(["a"]);
  expect([...toggled(before, "b")]).toEqual(["a", "b"]);
  expect([...toggled(before, "a")]).toEqual([]);
  expect([...before]).toEqual(["a"]);
});

test("a change can carry other state along", () => {
  const editor = createEditor();
  change(editor, [box("a")], { selected: "a", point: 3 });
  expect(editor.getState()).toMatchObject({ selected: "a", point: 3 });
});
