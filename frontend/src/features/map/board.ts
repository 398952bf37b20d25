// The canvas of the map: pans, zooms, draws a lasso and tells what lies under the pointer. No React.

import { fitting, type Ink, paint, type Shown, sideOf, type View } from "./painter";
import { type Corner, inside, type Near, type Points } from "./points";

export interface Told {
  onHover: (place: number, x: number, y: number) => void;
  onOpen: (place: number) => void;
  onLasso: (places: number[], add: boolean) => void;
}

export type Tool = "move" | "lasso";

const REACH = 10; // pixels around the pointer
const LONGEST_CLICK = 4; // pixels that a click may wander
const CLOSEST = 400; // times the scale that shows all

export class Board {
  tool: Tool = "move";
  private view: View;
  private width = 1;
  private height = 1;
  private ratio = 1;
  private pixels = new ImageData(1, 1);
  private asked = 0;
  private lasso: Corner[] | null = null;
  private grip: { x: number; y: number; view: View; moved: boolean } | null = null;
  private ink: Ink;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly near: Near,
    private shown: Shown,
    ink: Ink,
    private readonly accent: () => string,
    private readonly told: Told,
  ) {
    this.ink = ink;
    this.view = fitting(1, 1);
  }

  get points(): Points {
    return this.shown.points;
  }

  resize(width: number, height: number, ratio: number): void {
    const fits = this.width === 1;
    const middle = { ...this.view };
    const before = fitting(this.width, this.height).scale;
    this.width = Math.max(1, Math.round(width * ratio));
    this.height = Math.max(1, Math.round(height * ratio));
    this.ratio = ratio;
    this.canvas.width = this.width;
    this.canvas.height = this.height;
    this.pixels = new ImageData(this.width, this.height);
    const all = fitting(this.width, this.height);
    this.view = fits ? all : { ...middle, scale: (middle.scale / before) * all.scale };
    this.ask();
  }

  show(shown: Shown, ink: Ink): void {
    this.shown = shown;
    this.ink = ink;
    this.ask();
  }

  fit(): void {
    this.view = fitting(this.width, this.height);
    this.ask();
  }

  /** By pixels of the page. */
  pan(right: number, down: number): void {
    this.view = {
      ...this.view,
      x: this.view.x - (right * this.ratio) / this.view.scale,
      y: this.view.y - (down * this.ratio) / this.view.scale,
    };
    this.ask();
  }

  zoom(by: number, x = this.width / this.ratio / 2, y = this.height / this.ratio / 2): void {
    const all = fitting(this.width, this.height).scale;
    const scale = Math.min(CLOSEST * all, Math.max(0.5 * all, this.view.scale * by));
    const [mapX, mapY] = this.onMap(x, y);
    this.view = {
      x: mapX - (x * this.ratio - this.width / 2) / scale,
      y: mapY - (y * this.ratio - this.height / 2) / scale,
      scale,
    };
    this.ask();
  }

  /** The points within a circle around the middle of the view, `radius` in pixels of the page. */
  around(radius: number): number[] {
    const corners = Array.from({ length: 32 }, (_, at): Corner => {
      const turn = (2 * Math.PI * at) / 32;
      const reach = (radius * this.ratio) / this.view.scale;
      return [this.view.x + reach * Math.cos(turn), this.view.y + reach * Math.sin(turn)];
    });
    return inside(this.points, this.near, corners, this.seen);
  }

  press(x: number, y: number): void {
    if (this.tool === "lasso") this.lasso = [[x, y]];
    this.grip = { x, y, view: this.view, moved: false };
  }

  move(x: number, y: number): void {
    if (!this.grip) {
      this.told.onHover(this.under(x, y), x, y);
      return;
    }
    const [right, down] = [x - this.grip.x, y - this.grip.y];
    this.grip.moved ||= Math.hypot(right, down) > LONGEST_CLICK;
    if (this.lasso) this.lasso.push([x, y]);
    else if (this.grip.moved) {
      this.view = this.grip.view;
      this.pan(right, down);
    }
    this.ask();
  }

  release(x: number, y: number, add: boolean): void {
    const { grip, lasso } = this;
    this.grip = null;
    this.lasso = null;
    this.ask();
    if (!grip) return;
    if (!grip.moved) {
      const place = this.under(x, y);
      if (place >= 0) this.told.onOpen(place);
      return;
    }
    if (!lasso) return;
    const line = lasso.map(([a, b]) => this.onMap(a, b));
    this.told.onLasso(inside(this.points, this.near, line, this.seen), add);
  }

  cancel(): boolean {
    const drawing = this.lasso !== null;
    this.grip = null;
    this.lasso = null;
    this.ask();
    return drawing;
  }

  stop(): void {
    cancelAnimationFrame(this.asked);
  }

  private readonly seen = (place: number) => !this.shown.hidden.has(this.shown.codes[place] ?? 255);

  private onMap(x: number, y: number): Corner {
    return [
      this.view.x + (x * this.ratio - this.width / 2) / this.view.scale,
      this.view.y + (y * this.ratio - this.height / 2) / this.view.scale,
    ];
  }

  private under(x: number, y: number): number {
    const [mapX, mapY] = this.onMap(x, y);
    return this.near.nearest(mapX, mapY, (REACH * this.ratio) / this.view.scale, this.seen);
  }

  private ask(): void {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.draw();
    });
  }

  private draw(): void {
    const context = this.canvas.getContext("2d");
    if (!context) return;
    const { width, height, ratio, points } = this;
    const side = sideOf(this.view, width, height, ratio, points.count);
    const raw = new Uint32Array(this.pixels.data.buffer);
    paint(raw, width, height, this.view, side, this.shown, this.ink);
    context.putImageData(this.pixels, 0, 0);
    if (this.lasso) this.drawLasso(context, this.lasso);
  }

  private drawLasso(context: CanvasRenderingContext2D, line: readonly Corner[]): void {
    context.save();
    context.scale(this.ratio, this.ratio);
    context.beginPath();
    for (const [x, y] of line) context.lineTo(x, y);
    context.closePath();
    context.lineWidth = 2;
    context.strokeStyle = this.accent();
    context.stroke();
    context.restore();
  }
}
