// The open document: an immutable array of shapes with its past and future, and what is selected.
// One gesture is one step; steps share the shapes that did not change.
import { createStore, type StoreApi } from "zustand/vanilla";
import type { Ink } from "./painter";
import type { Shape } from "./shapes";

const LIMIT = 200;

export type ToolName = "select" | "box" | "polygon" | "keypoints";

/** Shapes of somebody else, only to look at; later layers lie over earlier ones. */
export interface Layer {
  id: string;
  inkOf: (shape: Shape) => Ink;
  shapes: readonly Shape[];
}

export interface EditorState {
  shapes: readonly Shape[];
  past: readonly (readonly Shape[])[];
  future: readonly (readonly Shape[])[];
  selected: string | null;
  /** The corner or point of the selected shape that the keys move. */
  point: number | null;
  hidden: ReadonlySet<string>;
  locked: ReadonlySet<string>;
  /** Proposals of a model: seen, and in the answer only once they are taken. */
  proposed: readonly Shape[];
  layers: readonly Layer[];
  tool: ToolName;
  /** The label of the next shape. */
  label: string;
  /** The point of a skeleton that the next click places. */
  placing: { id: string; at: number } | null;
  /** What the last step was: more of the same, such as held arrow keys, is the same step. */
  step: string | null;
}

export type EditorStore = StoreApi<EditorState>;

export function createEditor(start: Partial<EditorState> = {}): EditorStore {
  return createStore<EditorState>(() => ({
    shapes: [],
    past: [],
    future: [],
    selected: null,
    point: null,
    hidden: new Set(),
    locked: new Set(),
    proposed: [],
    layers: [],
    tool: "select",
    label: "",
    placing: null,
    step: null,
    ...start,
  }));
}

/** Another document: nothing is left of the one before but the tool and the label. */
export function openDocument(
  editor: EditorStore,
  shapes: readonly Shape[],
  proposed: readonly Shape[] = [],
): void {
  editor.setState({
    shapes,
    proposed,
    past: [],
    future: [],
    selected: null,
    point: null,
    placing: null,
    step: null,
    hidden: new Set(),
    locked: new Set(),
  });
}

/** One step forward: what was undone before is gone. `also.step` joins it to the same one before. */
export function change(
  editor: EditorStore,
  shapes: readonly Shape[],
  also: Partial<EditorState> = {},
): void {
  editor.setState((state) => {
    const joins = also.step != null && also.step === state.step;
    const past = joins ? state.past : [...state.past, state.shapes].slice(-LIMIT);
    return { shapes, past, future: [], step: null, ...also };
  });
}

export function add(editor: EditorStore, shape: Shape, also: Partial<EditorState> = {}): void {
  const { shapes } = editor.getState();
  change(editor, [...shapes, shape], { selected: shape.id, point: null, ...also });
}

export function replace(editor: EditorStore, shape: Shape, also: Partial<EditorState> = {}): void {
  const { shapes } = editor.getState();
  const at = shapes.findIndex((one) => one.id === shape.id);
  if (at === -1 || shapes[at] === shape) return;
  change(editor, shapes.with(at, shape), also);
}

export function remove(editor: EditorStore, id: string): void {
  const { shapes, proposed } = editor.getState();
  change(
    editor,
    shapes.filter((one) => one.id !== id),
    {
      selected: null,
      point: null,
      placing: null,
      // What was taken and then deleted does not come back as a proposal.
      proposed: proposed.filter((one) => one.id !== id),
    },
  );
}

export function undo(editor: EditorStore): boolean {
  const state = editor.getState();
  const before = state.past.at(-1);
  if (!before) return false;
  const future = [state.shapes, ...state.future];
  editor.setState({ past: state.past.slice(0, -1), future, ...standing(state, before) });
  return true;
}

export function redo(editor: EditorStore): boolean {
  const state = editor.getState();
  const [after, ...future] = state.future;
  if (!after) return false;
  editor.setState({ past: [...state.past, state.shapes], future, ...standing(state, after) });
  return true;
}

/**
 * The shapes of another step with what stays selected: that may be gone, and the next point to
 * place another one. In one change with the step, since each one is rendered by all who listen.
 */
function standing(state: EditorState, shapes: readonly Shape[]): Partial<EditorState> {
  const { selected, placing } = state;
  const id = placing?.id ?? selected;
  const now = shapes.find((one) => one.id === id);
  const old = state.shapes.find((one) => one.id === id);
  const at = now && old ? pointToPlace(now, old, placing !== null) : null;
  if (now && at !== null) {
    const point = placedBefore(now, at);
    return { shapes, step: null, selected: now.id, point, placing: { id: now.id, at } };
  }
  const gone = !shapes.some((one) => one.id === selected);
  return { shapes, step: null, point: null, placing: null, ...(gone && { selected: null }) };
}

/**
 * The point that the next click places: the one that the step took back, or else, while points are
 * being placed, the first free one after the one that it brought back.
 */
function pointToPlace(now: Shape, old: Shape, placing: boolean): number | null {
  if (now.kind !== "keypoints" || old.kind !== "keypoints") return null;
  const taken = now.points.findIndex((point, at) => point === null && old.points[at]);
  if (taken !== -1) return taken;
  if (!placing) return null;
  const brought = now.points.findLastIndex((point, at) => point !== null && !old.points[at]);
  const next = now.points.findIndex((point, at) => point === null && at > brought);
  return next === -1 ? null : next;
}

/** The last placed point before another one; null where there is none. */
export function placedBefore(shape: Shape, at: number): number | null {
  if (shape.kind === "box") return null;
  const before = shape.points.findLastIndex((point, place) => place < at && point !== null);
  return before === -1 ? null : before;
}

export function selectedShape(editor: EditorStore): Shape | undefined {
  const { shapes, proposed, selected } = editor.getState();
  if (selected === null) return undefined;
  return shapes.find((one) => one.id === selected) ?? proposed.find((one) => one.id === selected);
}

export function select(editor: EditorStore, id: string | null, point: number | null = null): void {
  const state = editor.getState();
  if (state.selected === id && state.point === point) return;
  const placing = state.placing?.id === id ? state.placing : null;
  editor.setState({ selected: id, point, placing, step: null });
}

/** The next shape in the order of the list, proposals last; hidden ones are passed over. */
export function selectNext(editor: EditorStore, step: 1 | -1): Shape | undefined {
  const state = editor.getState();
  const { shapes, selected, hidden } = state;
  const all = [...shapes, ...openProposals(state)].filter((one) => !hidden.has(one.id));
  if (all.length === 0) return undefined;
  const at = all.findIndex((one) => one.id === selected);
  const next = at === -1 && step === -1 ? all.length - 1 : (at + step + all.length) % all.length;
  const shape = all[next];
  if (shape) select(editor, shape.id);
  return shape;
}

/** To the front (later) or the back of the drawing order by one place. */
export function reorder(editor: EditorStore, id: string, step: 1 | -1): boolean {
  const { shapes } = editor.getState();
  const at = shapes.findIndex((one) => one.id === id);
  const other = shapes[at + step];
  const shape = shapes[at];
  if (!shape || !other) return false;
  change(editor, shapes.with(at, other).with(at + step, shape));
  return true;
}

/** Proposals that are not taken; a step back makes a taken one open again. */
export function openProposals({
  proposed,
  shapes,
}: Pick<EditorState, "proposed" | "shapes">): readonly Shape[] {
  if (proposed.length === 0) return proposed;
  const taken = new Set(shapes.map((shape) => shape.id));
  return proposed.filter((one) => !taken.has(one.id));
}

/** Takes proposals into the answer: one, or all that there are. */
export function takeProposed(editor: EditorStore, id?: string): number {
  const state = editor.getState();
  const taken = openProposals(state).filter((one) => id === undefined || one.id === id);
  if (taken.length > 0) change(editor, [...state.shapes, ...taken]);
  return taken.length;
}

export function dismissProposed(editor: EditorStore, id: string): void {
  editor.setState(({ proposed }) => ({
    proposed: proposed.filter((one) => one.id !== id),
    selected: null,
    point: null,
  }));
}

export function toggled(set: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(set);
  if (!next.delete(id)) next.add(id);
  return next;
}
