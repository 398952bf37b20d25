// What the commands and the panel do to the open document, beyond what the tools do by themselves.

import {
  change,
  dismissProposed,
  type EditorStore,
  openProposals,
  redo,
  remove,
  reorder,
  replace,
  selectedShape,
  selectNext,
  type ToolName,
  takeProposed,
  toggled,
  undo,
} from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import { areaOf, type Point } from "@/canvas/geometry";
import {
  type AttributeValue,
  moved,
  pointAt,
  resized,
  type Shape,
  withPoint,
} from "@/canvas/shapes";
import { LEAST_AREA } from "@/canvas/tools/polygon";
import { textOf } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { Making } from "./making";
import { messages } from "./messages";
import { Points } from "./points";
import type { RegionSchema } from "./regionSchema";

/** As many as the server takes in one answer. */
const MOST_SHAPES = 1000;

export class Board {
  engine: CanvasEngine | null = null;
  readonly making = new Making(this);
  readonly points = new Points(this);
  /** To be told that a proposal was taken. */
  onTake: (() => void) | undefined;

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
    else if (point !== null && selected.kind === "keypoints") this.points.setVisibility(point, 0);
    else {
      remove(editor, selected.id);
      announce(this.t.saidDeleted(editor.getState().shapes.length));
    }
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

  // --- Proposals ------------------------------------------------------------------------------

  get proposals(): readonly Shape[] {
    return openProposals(this.editor.getState());
  }

  /** The selected proposal, or else all of them. */
  take(id?: string): void {
    const { selected } = this.editor.getState();
    const one = id ?? this.proposals.find((shape) => shape.id === selected)?.id;
    this.onTake?.();
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
    this.engine?.aim.stop();
    const shape = selectNext(this.editor, step);
    if (!shape) return;
    const { shapes } = this.editor.getState();
    const all = [...shapes, ...this.proposals];
    announce(this.t.saidSelected(this.titleOf(shape.label), all.indexOf(shape) + 1, all.length));
  }

  /** Why the answer may not be sent yet, in words; null when it may. */
  get obstacle(): string | null {
    const { shapes } = this.editor.getState();
    const names = new Set(this.schema.inUse.map((label) => label.name));
    if (!shapes.every((shape) => names.has(shape.label))) return this.t.labelNeeded;
    if (shapes.length > MOST_SHAPES) return this.t.tooMany(MOST_SHAPES);
    const { leastSide } = this.schema;
    const small = shapes.findIndex((shape) => isTooSmall(shape, leastSide));
    if (small === -1) return null;
    const name = `${small + 1}, ${this.titleOf(shapes[small]?.label ?? "")}`;
    return this.drawing === "box" ? this.t.tooSmall(name, leastSide) : this.t.noArea(name);
  }
}

/** What the server would refuse: a side below the least one, an outline around nothing. */
function isTooSmall(shape: Shape, leastSide: number): boolean {
  if (shape.kind === "box") return Math.min(shape.width, shape.height) < leastSide;
  return shape.kind === "polygon" && areaOf(shape.points) < LEAST_AREA;
}
