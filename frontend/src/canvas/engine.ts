// The drawing board: two canvases over each other, a view on the image, a tool in the hand. It
// paints only in animation frames and only what changed: "base" holds the image and all shapes but
// the selected one, "overlay" that one with its handles, the draft and the crosshair.

import type { EditorState, EditorStore, ToolName } from "./editor";
import { openProposals, select, selectedShape } from "./editor";
import { overlap, type Point, type Size } from "./geometry";
import { type Look, PLAIN } from "./look";
import {
  type Ink,
  paintCrosshair,
  paintDraftLine,
  paintHandles,
  paintName,
  paintRect,
  paintShape,
  paintTag,
  type Sheet,
} from "./painter";
import { Picture } from "./picture";
import { listenToPointers } from "./pointers";
import { boundsOf, pointAt, type Shape } from "./shapes";
import type { Skeleton } from "./skeletons";
import type { Desk, Press, Tool } from "./tools/base";
import { BoxTool } from "./tools/box";
import { KeypointsTool } from "./tools/keypoints";
import { PolygonTool } from "./tools/polygon";
import { SelectTool } from "./tools/select";
import {
  carried,
  fitRect,
  fitted,
  kept,
  panned,
  seen,
  toImage,
  type View,
  zoomedAt,
} from "./viewport";

export interface EngineParts {
  base: HTMLCanvasElement;
  /** On top; takes the pointer. */
  overlay: HTMLCanvasElement;
  editor: EditorStore;
  readOnly?: boolean;
  say?: (text: string) => void;
  onScale?: (scale: number) => void;
}

/** What the question asks for. */
export interface Question {
  skeleton: Skeleton | null;
  leastSide: number;
  inkOf: (shape: Shape) => Ink;
  titleOf: (label: string) => string;
}

/** More names than this at once would only hide the image. */
const TAG_LIMIT = 150;
const TAG_SIDE = 28;

export class CanvasEngine implements Desk {
  readonly editor: EditorStore;
  readonly readOnly: boolean;
  readonly say: (text: string) => void;
  readonly tools: Record<ToolName, Tool>;
  readonly selecting: SelectTool;
  readonly points: KeypointsTool;
  private readonly base: CanvasRenderingContext2D;
  private readonly overlay: CanvasRenderingContext2D;
  private question: Question = {
    skeleton: null,
    leastSide: 0,
    inkOf: () => ({ color: "#fff", dashed: false, text: "#111", tag: "" }),
    titleOf: (label) => label,
  };
  private picture: Picture | null = null;
  /** The picture belongs to the item before: it must neither be seen nor drawn on. */
  private stale = false;
  private look: Look = PLAIN;
  private room: Size = { width: 0, height: 0 };
  private ratio = 1;
  private view: View = { scale: 1, x: 0, y: 0 };
  /** The labeler zoomed by hand, so the next image is shown the same. */
  private zoomed = false;
  private frame = 0;
  private dirty = { base: false, overlay: false };
  private hover: Press | null = null;
  private panning = false;
  private readonly stops: (() => void)[] = [];

  constructor(private readonly parts: EngineParts) {
    this.editor = parts.editor;
    this.readOnly = parts.readOnly ?? false;
    this.say = parts.say ?? (() => {});
    this.base = contextOf(parts.base);
    this.overlay = contextOf(parts.overlay);
    this.selecting = new SelectTool(this);
    this.points = new KeypointsTool(this);
    this.tools = {
      select: this.selecting,
      box: new BoxTool(this),
      polygon: new PolygonTool(this),
      keypoints: this.points,
    };
    this.stops.push(
      this.editor.subscribe((state, before) => this.changed(state, before)),
      listenToPointers(this, parts.overlay),
    );
    const watch = new ResizeObserver(() => this.measure());
    watch.observe(parts.overlay);
    this.stops.push(() => watch.disconnect());
  }

  destroy(): void {
    for (const stop of this.stops) stop();
    cancelAnimationFrame(this.frame);
  }

  // --- What the tools ask ---------------------------------------------------------------------

  get image(): Size {
    return this.picture?.size ?? { width: 1, height: 1 };
  }

  get scale(): number {
    return this.view.scale;
  }

  get skeleton(): Skeleton | null {
    return this.question.skeleton;
  }

  get leastSide(): number {
    return this.question.leastSide;
  }

  titleOf = (label: string): string => this.question.titleOf(label);
  refresh = (): void => this.touch("overlay");
  pan = (dx: number, dy: number): void => {
    this.zoomed = true;
    this.lookAt(panned(this.view, dx, dy));
  };

  get tool(): Tool {
    const name = this.readOnly ? "select" : this.editor.getState().tool;
    return this.tools[name];
  }

  // --- What is shown --------------------------------------------------------------------------

  ask(question: Question): void {
    this.question = question;
    this.touch("base", "overlay");
  }

  /** Another image; the view stays where the labeler has zoomed by hand. */
  show(element: HTMLImageElement, size: Size): void {
    const before = this.picture?.size;
    this.picture = new Picture(element, size);
    this.stale = false;
    if (this.look !== PLAIN) this.picture.setLook(this.look);
    this.measure();
    if (this.zoomed && before) this.lookAt(carried(this.view, before, size, this.room));
    else this.lookAt(fitted(size, this.room));
  }

  /** Nothing to see while an image is on its way. */
  clear(): void {
    if (!this.picture) return;
    this.tool.cancel();
    this.stale = true;
    this.touch("base", "overlay");
  }

  /** Whether the image of the open item is there to be drawn on. */
  get ready(): boolean {
    return this.picture !== null && !this.stale;
  }

  setLook(look: Look): void {
    this.look = look;
    this.picture?.setLook(look);
    this.touch("base");
  }

  // --- The view -------------------------------------------------------------------------------

  private lookAt(view: View): void {
    this.view = kept(view, this.image, this.room);
    const { dataset } = this.parts.overlay;
    dataset.scale = String(this.view.scale);
    dataset.x = String(this.view.x);
    dataset.y = String(this.view.y);
    this.parts.onScale?.(this.view.scale);
    this.touch("base", "overlay");
  }

  fit(): void {
    this.zoomed = false;
    this.lookAt(fitted(this.image, this.room));
  }

  /** To an exact scale, or by a factor; about `at`, which is the middle by default. */
  zoomTo(scale: number, at: Point = { x: this.room.width / 2, y: this.room.height / 2 }): void {
    this.zoomed = true;
    this.lookAt(zoomedAt(this.view, scale, at));
  }

  zoomBy(factor: number, at?: Point): void {
    this.zoomTo(this.view.scale * factor, at);
  }

  zoomToSelected(): boolean {
    const shape = selectedShape(this.editor);
    const bounds = shape && boundsOf(shape);
    if (!bounds) return false;
    this.zoomed = true;
    const margin = Math.min(this.room.width, this.room.height) / 6;
    this.lookAt(fitRect(bounds, this.room, margin));
    return true;
  }

  /** The middle of what is seen, in image pixels. */
  centre(): Point {
    return toImage(this.view, { x: this.room.width / 2, y: this.room.height / 2 });
  }

  /** The part of the image that is in sight. */
  get sight() {
    return seen(this.view, this.room);
  }

  /** While it is on, pressing and pulling moves the view whatever the tool. */
  holdPan(on: boolean): void {
    this.panning = on;
    this.setCursor();
  }

  get isPanning(): boolean {
    return this.panning;
  }

  private measure(): void {
    const { base, overlay } = this.parts;
    const { width, height } = overlay.getBoundingClientRect();
    const ratio = window.devicePixelRatio || 1;
    const same = width === this.room.width && height === this.room.height && ratio === this.ratio;
    if (same || width === 0) return;
    const before = this.room;
    this.room = { width, height };
    this.ratio = ratio;
    for (const canvas of [base, overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    if (!this.picture) return;
    const { view } = this;
    const dx = (width - before.width) / 2;
    const dy = (height - before.height) / 2;
    this.lookAt(this.zoomed ? panned(view, dx, dy) : fitted(this.image, this.room));
  }

  // --- The pointer ----------------------------------------------------------------------------

  pressAt(event: PointerEvent | MouseEvent): Press {
    const { left, top } = this.parts.overlay.getBoundingClientRect();
    const point = toImage(this.view, { x: event.clientX - left, y: event.clientY - top });
    return {
      point,
      shift: event.shiftKey,
      alt: event.altKey,
      mod: event.ctrlKey || event.metaKey,
      touch: "pointerType" in event && event.pointerType === "touch",
    };
  }

  hoverAt(press: Press | null): void {
    this.hover = press;
    this.setCursor();
    if (this.editor.getState().tool !== "select") this.touch("overlay");
  }

  private setCursor(): void {
    const { style } = this.parts.overlay;
    const cursor = this.panning ? "grab" : this.hover ? this.tool.cursor(this.hover) : "default";
    if (style.cursor !== cursor) style.cursor = cursor;
  }

  /** Esc: what is being drawn, then the selection. */
  cancel(): boolean {
    if (this.tool.cancel()) return true;
    const { selected } = this.editor.getState();
    if (selected === null) return false;
    select(this.editor, null);
    return true;
  }

  // --- Painting -------------------------------------------------------------------------------

  private changed(state: EditorState, before: EditorState): void {
    if (state.tool !== before.tool) this.tools[before.tool].cancel();
    this.touch("base", "overlay");
    this.setCursor();
  }

  private touch(...layers: (keyof typeof this.dirty)[]): void {
    for (const layer of layers) this.dirty[layer] = true;
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.frame = 0;
    const { dirty } = this;
    this.dirty = { base: false, overlay: false };
    if (!this.picture || this.room.width === 0) return;
    if (this.stale) {
      this.sheet(this.base);
      this.sheet(this.overlay);
      return;
    }
    if (dirty.base) this.paintBase(this.picture);
    if (dirty.overlay) this.paintOverlay();
  }

  private sheet(context: CanvasRenderingContext2D): Sheet {
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.room.width, this.room.height);
    return { context, view: this.view };
  }

  private paintBase(picture: Picture): void {
    const { base, view, ratio } = this;
    const sheet = this.sheet(base);
    base.setTransform(1, 0, 0, 1, 0, 0);
    picture.paint(base, view.x * ratio, view.y * ratio, view.scale * ratio);
    base.setTransform(ratio, 0, 0, ratio, 0, 0);
    const state = this.editor.getState();
    for (const layer of state.layers) {
      if (state.hidden.has(layer.id)) continue;
      const ink = { color: layer.color, dashed: false, text: "#fff", tag: layer.name };
      this.paintAll(sheet, layer.shapes, () => ink, state);
    }
    const { inkOf } = this.question;
    this.paintAll(
      sheet,
      openProposals(state),
      (shape) => ({ ...inkOf(shape), dashed: true }),
      state,
    );
    this.paintAll(sheet, state.shapes, inkOf, state);
  }

  private paintAll(
    sheet: Sheet,
    shapes: readonly Shape[],
    inkOf: (shape: Shape) => Ink,
    { hidden, selected }: EditorState,
  ): void {
    const sight = seen(this.view, this.room);
    const tags: [Shape, Ink][] = [];
    for (const shape of shapes) {
      if (hidden.has(shape.id) || shape.id === selected) continue;
      const bounds = boundsOf(shape);
      if (!bounds || !overlap(bounds, sight)) continue;
      const ink = inkOf(shape);
      paintShape(sheet, shape, ink, this.skeleton);
      if (bounds.width * this.view.scale >= TAG_SIDE) tags.push([shape, ink]);
    }
    if (tags.length > TAG_LIMIT) return;
    for (const [shape, ink] of tags) paintTag(sheet, shape, ink);
  }

  private paintOverlay(): void {
    const sheet = this.sheet(this.overlay);
    const state = this.editor.getState();
    const { draft } = this.tool;
    const standing = selectedShape(this.editor);
    const shape = draft?.kind === "shape" ? draft.shape : standing;
    if (shape && !state.hidden.has(shape.id)) this.paintSelected(sheet, shape, state);
    const next = {
      id: "",
      kind: "box",
      label: state.label,
      x: 0,
      y: 0,
      width: 0,
      height: 0,
    } as const;
    if (draft?.kind === "rect") paintRect(sheet, draft.rect, this.question.inkOf(next));
    if (draft?.kind === "line") {
      const { points, cursor, closing } = draft;
      paintDraftLine(sheet, points, cursor, closing, this.question.inkOf(next));
    }
    if (!draft) this.paintAim(sheet, state);
  }

  private paintSelected(sheet: Sheet, shape: Shape, state: EditorState): void {
    const proposed = !state.shapes.some((one) => one.id === shape.id);
    const ink = this.question.inkOf(shape);
    paintShape(sheet, shape, proposed ? { ...ink, dashed: true } : ink, this.skeleton, true);
    paintTag(sheet, shape, ink);
    if (proposed || this.readOnly || state.locked.has(shape.id)) return;
    paintHandles(sheet, shape, ink, state.point);
    const point = pointAt(shape, state.point);
    const title = shape.kind === "keypoints" && this.skeleton?.titles[state.point ?? -1];
    if (point && title && !state.placing) paintName(sheet, point, title);
  }

  /** Where the next press goes: a crosshair, and the name of the point that is next. */
  private paintAim(sheet: Sheet, { tool, placing }: EditorState): void {
    const { hover } = this;
    if (!hover || hover.touch || this.panning || this.readOnly || tool === "select") return;
    const { view } = this;
    const at = { x: hover.point.x * view.scale + view.x, y: hover.point.y * view.scale + view.y };
    paintCrosshair(sheet.context, at, this.room.width, this.room.height);
    const title = tool === "keypoints" && placing && this.skeleton?.titles[placing.at];
    if (title) paintName(sheet, hover.point, title);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas");
  return context;
}
