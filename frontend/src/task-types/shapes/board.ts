// What the commands and the panel do to the open document, beyond what the tools do by themselves.

import {
  add,
  change,
  dismissProposed,
  type EditorStore,
  openProposals,
  redo,
  remove,
  reorder,
  replace,
  select,
  selectedShape,
  selectNext,
  type ToolName,
  takeProposed,
  toggled,
  undo,
} from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import { middle, onImage, type Point, type Rect } from "@/canvas/geometry";
import {
  type AttributeValue,
  copyOf,
  type InstanceShape,
  moved,
  newId,
  pointAt,
  resized,
  type Shape,
  withNewCorner,
  withPlaced,
  withPoint,
} from "@/canvas/shapes";
import { mirrored, swapped } from "@/canvas/skeletons";
import { addBox } from "@/canvas/tools/box";
import { textOf } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { messages } from "./messages";
import type { RegionSchema } from "./regionSchema";

/** What was copied last; it can be pasted onto the next image too. */
let clipboard: Shape | null = null;

export class Board {
  engine: CanvasEngine | null = null;

  constructor(
    readonly editor: EditorStore,
    public schema: RegionSchema,
    /** The tool that draws the answer's shapes. */
    readonly drawing: Exclude<ToolName, "select">,
  ) {}

  private get t() {
    return textOf(messages);
  }

  get selected(): Shape | undefined {
    return selectedShape(this.editor);
  }

  /** The selected shape, where it may be changed. */
  get own(): Shape | undefined {
    const { selected } = this;
    const { shapes, locked } = this.editor.getState();
    return selected && shapes.includes(selected) && !locked.has(selected.id) ? selected : undefined;
  }

  titleOf = (label: string): string =>
    this.schema.labels.find((one) => one.name === label)?.title ?? (label || this.t.unnamed);

  // --- Tools and steps ------------------------------------------------------------------------

  takeTool(tool: ToolName): void {
    if (this.editor.getState().tool === tool) return;
    this.editor.setState({ tool });
    announce(this.t.saidTool(this.t[tool]));
  }

  /** First what is being drawn, corner by corner; then the steps of the document. */
  undo(): void {
    const { tool } = this.engine ?? {};
    if (tool?.draft?.kind === "line" && tool.back()) return;
    if (undo(this.editor)) announce(this.t.saidUndone);
  }

  get canUndo(): boolean {
    const line = this.engine?.tool.draft?.kind === "line";
    return line || this.editor.getState().past.length > 0;
  }

  redo(): void {
    if (redo(this.editor)) announce(this.t.saidRedone);
  }

  delete(): void {
    if (this.engine?.tool.back()) return;
    const { editor, selected } = this;
    const { point, shapes, locked } = editor.getState();
    if (!selected) return;
    if (!shapes.includes(selected)) {
      dismissProposed(editor, selected.id);
      return;
    }
    if (locked.has(selected.id)) {
      announce(this.t.saidLocked);
      return;
    }
    if (point !== null && selected.kind === "polygon") this.engine?.selecting.dropCorner(point);
    else if (point !== null && selected.kind === "keypoints") this.setVisibility(point, 0);
    else {
      remove(editor, selected.id);
      announce(this.t.saidDeleted(editor.getState().shapes.length));
    }
  }

  // --- Making ---------------------------------------------------------------------------------

  /** A new shape in the middle of what is seen, to be moved by keys. */
  create(): void {
    const { engine, editor, drawing } = this;
    if (!engine) return;
    const rect = this.middleRect(engine);
    if (drawing === "box") addBox(engine, rect);
    else if (drawing === "polygon") {
      const [x, y] = [rect.x + rect.width, rect.y + rect.height];
      const points = [
        { x: rect.x, y: rect.y },
        { x, y: rect.y },
        { x, y },
        { x: rect.x, y },
      ];
      add(editor, { id: newId(), kind: "polygon", label: editor.getState().label, points });
      announce(this.t.saidNext(this.titleOf(editor.getState().label)));
    } else if (!engine.points.placeMean(rect)) this.createSpread(engine, rect);
    engine.tool.cancel();
  }

  private middleRect(engine: CanvasEngine): Rect {
    const { image, sight } = engine;
    const side = Math.max(4, Math.min(sight.width, sight.height, image.width, image.height) / 4);
    const centre = engine.centre();
    const from = onImage({ x: centre.x - side / 2, y: centre.y - side / 2 }, image);
    const to = onImage({ x: from.x + side, y: from.y + side }, image);
    return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  /** Points of which no mean shape is known yet lie on an ellipse at first. */
  private createSpread(engine: CanvasEngine, rect: Rect): void {
    const count = this.schema.skeleton?.names.length ?? 0;
    const points = Array.from({ length: count }, (_, at) => {
      const turn = (at / count) * 2 * Math.PI - Math.PI / 2;
      const x = rect.x + (rect.width / 2) * (1 + Math.cos(turn));
      const y = rect.y + (rect.height / 2) * (1 + Math.sin(turn));
      return { occluded: false, ...onImage({ x, y }, engine.image, 0.1) };
    });
    const { label } = this.editor.getState();
    add(this.editor, { id: newId(), kind: "keypoints", label, points }, { placing: null });
    announce(this.t.saidNext(this.titleOf(label)));
  }

  copy(): void {
    clipboard = this.selected ?? clipboard;
    if (this.selected) announce(this.t.saidCopied);
  }

  get canPaste(): boolean {
    const points = this.schema.skeleton?.names.length;
    const kind = this.drawing === "keypoints" ? "keypoints" : this.drawing;
    if (clipboard?.kind !== kind) return false;
    return clipboard.kind !== "keypoints" || clipboard.points.length === points;
  }

  /** In its place on another image; a little aside where it would hide the one it came from. */
  paste(shape = clipboard): void {
    const { engine, editor } = this;
    if (!engine || !shape) return;
    const { shapes } = editor.getState();
    const aside = shapes.some((one) => one.id === shape.id) ? Math.ceil(12 / engine.scale) : 0;
    const label = this.schema.inUse.some((one) => one.name === shape.label)
      ? shape.label
      : editor.getState().label;
    const copy = { ...copyOf(shape, aside, engine.image), label };
    add(editor, copy);
    if (clipboard?.id === shape.id) clipboard = copy;
    announce(this.t.saidPasted);
  }

  duplicate(): void {
    if (this.selected) this.paste(this.selected);
  }

  // --- Changing the selected shape ------------------------------------------------------------

  /** The label of the selected shape, and of those that are drawn next. */
  setLabel(name: string): void {
    const { editor, own } = this;
    editor.setState({ label: name });
    if (own && own.label !== name) {
      replace(editor, { ...own, label: name });
      announce(this.t.saidLabel(this.titleOf(name)));
    } else announce(this.t.saidNext(this.titleOf(name)));
  }

  setAttribute(name: string, value: AttributeValue | null): void {
    const { own } = this;
    if (!own) return;
    const { [name]: _, ...rest } = own.attributes ?? {};
    const attributes = value === null ? rest : { ...rest, [name]: value };
    replace(this.editor, { ...own, attributes }, { step: `attribute ${own.id} ${name}` });
  }

  /** Arrow keys: the active point, or else the whole shape. */
  nudge(by: Point): void {
    const { engine, own, editor } = this;
    if (!engine || !own) return;
    const { point } = editor.getState();
    const at = pointAt(own, point);
    const shape =
      at && point !== null
        ? withPoint(own, point, { x: at.x + by.x, y: at.y + by.y }, engine.image)
        : moved(own, by, engine.image);
    replace(editor, shape, { step: `move ${own.id} ${point}`, point });
    this.sayPlace(shape, point);
  }

  private sayPlace(shape: Shape, point: number | null): void {
    const at = pointAt(shape, point) ?? (shape.kind === "box" ? shape : undefined);
    if (at) announce(this.t.saidPlace(String(at.x), String(at.y)));
  }

  resize(by: Point): void {
    const { engine, own } = this;
    if (!engine || !own) return;
    replace(this.editor, resized(own, by, engine.image), { step: `resize ${own.id}` });
  }

  /** A shape whose numbers were typed. */
  put(shape: Shape, field: string): void {
    replace(this.editor, shape, {
      step: `put ${shape.id} ${field}`,
      point: this.editor.getState().point,
    });
  }

  reorder(step: 1 | -1): void {
    if (this.own) reorder(this.editor, this.own.id, step);
  }

  toggleHidden(id = this.editor.getState().selected): void {
    if (id === null) return;
    this.editor.setState(({ hidden }) => ({ hidden: toggled(hidden, id) }));
    announce(this.editor.getState().hidden.has(id) ? this.t.saidHidden : this.t.saidShown);
  }

  toggleAllHidden(): void {
    this.editor.setState(({ hidden, shapes }) => ({
      hidden: hidden.size > 0 ? new Set() : new Set(shapes.map((shape) => shape.id)),
    }));
    announce(this.editor.getState().hidden.size > 0 ? this.t.saidHidden : this.t.saidShown);
  }

  toggleLocked(id = this.editor.getState().selected): void {
    if (id === null) return;
    this.editor.setState(({ locked }) => ({ locked: toggled(locked, id) }));
    announce(this.editor.getState().locked.has(id) ? this.t.saidLocked : this.t.saidUnlocked);
  }

  // --- Points ---------------------------------------------------------------------------------

  /** The next or previous corner or point that is placed. */
  stepPoint(step: 1 | -1): void {
    const { own, editor } = this;
    if (!own || own.kind === "box") return;
    const { length } = own.points;
    let at = editor.getState().point ?? (step === 1 ? -1 : length);
    for (let tried = 0; tried < length; tried += 1) {
      at = (at + step + length) % length;
      if (own.points[at]) break;
    }
    select(editor, own.id, at);
    const title = own.kind === "keypoints" ? this.schema.skeleton?.titles[at] : String(at + 1);
    announce(title ?? "");
  }

  insertCorner(): void {
    const { own, editor } = this;
    if (own?.kind !== "polygon") return;
    const at = editor.getState().point ?? own.points.length - 1;
    const [from, to] = [own.points[at], own.points[(at + 1) % own.points.length]];
    if (!from || !to) return;
    const made = withNewCorner(
      own,
      at,
      onImage(middle(from, to), this.engine?.image ?? { width: 1e9, height: 1e9 }),
    );
    replace(editor, made, { point: at + 1 });
  }

  get ownInstance(): InstanceShape | undefined {
    const { own } = this;
    return own?.kind === "keypoints" ? own : undefined;
  }

  /** 2 visible, 1 hidden, 0 absent. */
  setVisibility(at: number, visibility: 0 | 1 | 2): void {
    const { ownInstance: shape, editor } = this;
    const point = shape?.points[at];
    if (!shape || (!point && visibility !== 0)) {
      if (shape) editor.setState({ placing: { id: shape.id, at }, tool: "keypoints" });
      return;
    }
    const next = visibility === 0 ? null : { ...(point as Point), occluded: visibility === 1 };
    replace(editor, withPlaced(shape, at, next), { point: visibility === 0 ? null : at });
    const title = this.schema.skeleton?.titles[at] ?? "";
    const state = [this.t.stateAbsent, this.t.stateHidden, this.t.stateVisible][visibility];
    announce(`${title}: ${state}`);
  }

  toggleOccluded(): void {
    const { ownInstance: shape } = this;
    const at = this.editor.getState().point;
    const point = at === null ? null : shape?.points[at];
    if (at !== null && point) this.setVisibility(at, point.occluded ? 2 : 1);
  }

  /** While placing: this point is not there, on to the next one. */
  absent(): void {
    if (this.engine?.points.skip()) return;
    const { point } = this.editor.getState();
    if (point !== null && this.ownInstance) this.setVisibility(point, 0);
  }

  placeNext(at: number): void {
    const { ownInstance: shape } = this;
    if (!shape) return;
    this.takeTool("keypoints");
    this.editor.setState({ placing: { id: shape.id, at }, point: null });
  }

  swapNames(): void {
    const { ownInstance: shape } = this;
    const { skeleton } = this.schema;
    if (!shape || !skeleton) return;
    replace(this.editor, swapped(shape, skeleton));
    announce(this.t.saidSwapped);
  }

  mirror(): void {
    const { ownInstance: shape, engine } = this;
    const { skeleton } = this.schema;
    if (!shape || !skeleton || !engine) return;
    replace(this.editor, mirrored(shape, skeleton, engine.image));
    announce(this.t.saidMirrored);
  }

  // --- Proposals ------------------------------------------------------------------------------

  get proposals(): readonly Shape[] {
    return openProposals(this.editor.getState());
  }

  /** The selected proposal, or else all of them. */
  take(id?: string): void {
    const { selected } = this.editor.getState();
    const one = id ?? this.proposals.find((shape) => shape.id === selected)?.id;
    announce(this.t.saidTaken(takeProposed(this.editor, one)));
  }

  dismiss(id: string): void {
    dismissProposed(this.editor, id);
  }

  /** Puts all shapes of an answer in the place of what is there, as one step. */
  clear(): void {
    change(this.editor, [], { selected: null, point: null, placing: null });
  }

  selectNext(step: 1 | -1): void {
    const shape = selectNext(this.editor, step);
    if (!shape) return;
    const { shapes } = this.editor.getState();
    const all = [...shapes, ...this.proposals];
    announce(this.t.saidSelected(this.titleOf(shape.label), all.indexOf(shape) + 1, all.length));
  }

  /** Whether the answer may be sent: each shape has a label that is in use. */
  get isComplete(): boolean {
    const names = new Set(this.schema.inUse.map((label) => label.name));
    return this.editor.getState().shapes.every((shape) => names.has(shape.label));
  }
}
