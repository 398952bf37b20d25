// The drawing board: two canvases over each other, a view on the image, a tool in the hand. It
// paints only in animation frames and only what changed: "base" holds the image and all shapes but
// the selected one, "overlay" that one with its handles, the draft and the crosshair.

import { Aim } from "./aim";
import { Camera } from "./camera";
import { type EditorState, type EditorStore, select, selectedShape, type ToolName } from "./editor";
import type { Point, Rect, Size } from "./geometry";
import type { Look } from "./look";
import type { Sheet } from "./painter";
import type { Pixels } from "./picture";
import { listenToPointers } from "./pointers";
import { type Painted, paintedOf, partToPaint } from "./repaint";
import { paintActive, paintAim, paintStanding, type Question, type Scene } from "./scene";
import { boundsOf } from "./shapes";
import { Shown } from "./shown";
import type { Skeleton } from "./skeletons";
import type { TileLayer } from "./TileLayer";
import type { Desk, Press, Tool } from "./tools/base";
import { BoxTool } from "./tools/box";
import { KeypointsTool } from "./tools/keypoints";
import { PolygonTool } from "./tools/polygon";
import { SelectTool } from "./tools/select";
import { toImage } from "./viewport";

export interface EngineParts {
  base: HTMLCanvasElement;
  /** On top; takes the pointer. */
  overlay: HTMLCanvasElement;
  editor: EditorStore;
  readOnly?: boolean;
  say?: (text: string) => void;
  onScale?: (scale: number) => void;
  /** The screen has more pixels for the image than its file; said once for each image. */
  onShort?: () => void;
}

export class CanvasEngine implements Desk {
  readonly editor: EditorStore;
  readonly readOnly: boolean;
  readonly say: (text: string) => void;
  readonly tools: Record<ToolName, Tool>;
  readonly selecting: SelectTool;
  readonly points: KeypointsTool;
  /** The pointer of those who draw by keys. */
  readonly aim = new Aim(this);
  private readonly base: CanvasRenderingContext2D;
  private readonly overlay: CanvasRenderingContext2D;
  private question: Question = {
    skeleton: null,
    leastSide: 0,
    inkOf: () => ({ color: "#fff", dashed: false, text: "#111", tag: "" }),
    titleOf: (label) => label,
  };
  private readonly shown = new Shown();
  private readonly camera = new Camera(
    () => this.image,
    () => this.looked(),
  );
  private frame = 0;
  private dirty = { base: false, overlay: false };
  /** What the base shows by now; null when all of it is to be painted anew. */
  private painted: Painted | null = null;
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
    this.shown.close();
    cancelAnimationFrame(this.frame);
  }

  // --- What the tools ask ---------------------------------------------------------------------

  get image(): Size {
    return this.shown.size ?? { width: 1, height: 1 };
  }

  get scale(): number {
    return this.camera.view.scale;
  }

  get skeleton(): Skeleton | null {
    return this.question.skeleton;
  }

  get leastSide(): number {
    return this.question.leastSide;
  }

  titleOf = (label: string): string => this.question.titleOf(label);
  refresh = (): void => this.touch("overlay");
  repaint = (): void => this.touch("base");
  pan = (dx: number, dy: number): void => this.camera.pan(dx, dy);

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
  show(pixels: Pixels, size: Size): void {
    const before = this.shown.size;
    // What was being drawn belongs to the item before.
    for (const tool of Object.values(this.tools)) tool.cancel();
    this.shown.show(pixels, size);
    this.tellShown();
    this.measure();
    this.camera.turnFrom(before);
    if (this.aim.at) this.aim.start();
  }

  /** The same image with more pixels; view and drawing stay as they are. */
  sharpen(pixels: Pixels): void {
    this.shown.sharpen(pixels);
    this.tellShown();
    this.touch("base");
  }

  /** The same, of an image that is too large for one file. */
  layTiles(tiles: TileLayer): void {
    this.shown.layTiles(tiles);
    this.touch("base");
  }

  /** Nothing to see while an image is on its way. */
  clear(): void {
    if (!this.shown.size) return;
    this.tool.cancel();
    this.shown.stale = true;
    this.tellShown();
    this.touch("base", "overlay");
  }

  /** For tests in a browser, which cannot see what a canvas shows. */
  private tellShown(): void {
    const { dataset } = this.parts.overlay;
    dataset.pixels = String(this.shown.pixels);
    dataset.ready = String(this.shown.ready);
  }

  get ready(): boolean {
    return this.shown.ready;
  }

  setLook(look: Look): void {
    this.shown.setLook(look);
    this.touch("base");
  }

  // --- The view -------------------------------------------------------------------------------

  private looked(): void {
    const { view } = this.camera;
    const { dataset } = this.parts.overlay;
    dataset.scale = String(view.scale);
    dataset.x = String(view.x);
    dataset.y = String(view.y);
    this.parts.onScale?.(view.scale);
    this.touch("base", "overlay");
  }

  fit(): void {
    this.camera.fit();
  }

  /** To an exact scale, or by a factor; about `at`, which is the middle by default. */
  zoomTo(scale: number, at?: Point): void {
    this.camera.zoomTo(scale, at);
  }

  zoomBy(factor: number, at?: Point): void {
    this.camera.zoomTo(this.scale * factor, at);
  }

  zoomToSelected(): boolean {
    const shape = selectedShape(this.editor);
    const bounds = shape && boundsOf(shape);
    if (bounds) this.camera.zoomToRect(bounds);
    return Boolean(bounds);
  }

  /** The middle of what is seen, in image pixels. */
  centre(): Point {
    return this.camera.centre;
  }

  /** The part of the image that is in sight. */
  get sight() {
    return this.camera.sight;
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
    if (!this.camera.resize({ width, height }, ratio, this.shown.size !== null)) return;
    for (const canvas of [base, overlay]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
  }

  // --- The pointer ----------------------------------------------------------------------------

  pressAt(event: PointerEvent | MouseEvent): Press {
    const { left, top } = this.parts.overlay.getBoundingClientRect();
    const point = toImage(this.camera.view, { x: event.clientX - left, y: event.clientY - top });
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

  /** Esc: what is being drawn, then the aim, then the selection. */
  cancel(): boolean {
    if (this.tool.cancel() || this.aim.stop()) return true;
    const { selected } = this.editor.getState();
    if (selected === null) return false;
    select(this.editor, null);
    return true;
  }

  // --- Painting -------------------------------------------------------------------------------

  private changed(state: EditorState, before: EditorState): void {
    if (state.tool !== before.tool) this.tools[before.tool].cancel();
    this.dirty = { base: true, overlay: true }; // of the base, what the step changed
    this.askFrame();
    this.setCursor();
  }

  private touch(...layers: (keyof typeof this.dirty)[]): void {
    for (const layer of layers) this.dirty[layer] = true;
    if (layers.includes("base")) this.painted = null;
    this.askFrame();
  }

  private askFrame(): void {
    this.frame ||= requestAnimationFrame(() => this.paint());
  }

  private paint(): void {
    this.frame = 0;
    const { dirty } = this;
    this.dirty = { base: false, overlay: false };
    if (!this.shown.size || this.camera.room.width === 0) return;
    if (!this.shown.ready) {
      this.painted = null;
      this.sheet(this.base);
      this.sheet(this.overlay);
      return;
    }
    if (dirty.base) this.paintBase();
    if (dirty.overlay) this.paintOverlay();
  }

  private sheet(context: CanvasRenderingContext2D): Sheet {
    const { room, ratio, view } = this.camera;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, room.width, room.height);
    return { context, view };
  }

  /** All of it, or the part that shows something else since it was painted last. */
  private paintBase(): void {
    const { base, scene } = this;
    const { view, ratio } = this.camera;
    const sheet = { context: base, view };
    const part = this.painted && partToPaint(sheet, scene, this.painted);
    this.painted = paintedOf(sheet, scene);
    if (part?.width === 0) return;
    base.save();
    if (part) clipTo(base, part, ratio);
    this.sheet(base);
    base.setTransform(1, 0, 0, 1, 0, 0);
    const place = [view.x * ratio, view.y * ratio, view.scale * ratio] as const;
    const { short, missing } = this.shown.paint(base, ...place, this.sight);
    base.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.parts.overlay.dataset.tiles = missing === null ? "" : String(missing);
    if (short) this.parts.onShort?.();
    paintStanding(sheet, scene, part);
    base.restore();
  }

  private paintOverlay(): void {
    const sheet = this.sheet(this.overlay);
    const { draft } = this.tool;
    paintActive(sheet, this.scene, draft);
    const { tool } = this.editor.getState();
    const { hover, panning, readOnly } = this;
    if (this.aim.at) {
      paintAim(sheet, this.scene, this.aim.at);
      return;
    }
    if (draft || !hover || hover.touch || panning || readOnly || tool === "select") return;
    paintAim(sheet, this.scene, hover.point);
  }

  private get scene(): Scene {
    const { question, readOnly } = this;
    return { state: this.editor.getState(), question, room: this.camera.room, readOnly };
  }
}

/** Whole pixels of the screen, so that nothing is seen of the edge. */
function clipTo(context: CanvasRenderingContext2D, { x, y, width, height }: Rect, ratio: number) {
  const [left, top] = [Math.floor(x * ratio), Math.floor(y * ratio)];
  const [right, below] = [Math.ceil((x + width) * ratio), Math.ceil((y + height) * ratio)];
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.beginPath();
  context.rect(left, top, right - left, below - top);
  context.clip();
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser has no canvas");
  return context;
}
