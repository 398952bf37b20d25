// The pointer of those who have none: a cross on the image that arrow keys move, and that presses
// where it stands. Whatever a click does, it does.
import { onImage, type Point, type Rect, type Size } from "./geometry";
import type { Tool } from "./tools/base";

/** What the cross knows of the board. */
interface Ground {
  readonly image: Size;
  readonly scale: number;
  /** The part of the image that is in sight. */
  readonly sight: Rect;
  readonly tool: Tool;
  centre: () => Point;
  pan: (dx: number, dy: number) => void;
  refresh: () => void;
}

/** So far from the edge of the view the cross stays (CSS pixels). */
const MARGIN = 32;

export class Aim {
  /** In image pixels; null while nobody aims by keys. */
  at: Point | null = null;

  constructor(private readonly ground: Ground) {}

  /** In the middle of what is seen. */
  start(): void {
    this.at = onImage(this.ground.centre(), this.ground.image);
    this.ground.refresh();
  }

  /** Whether there was an aim to give up. */
  stop(): boolean {
    if (!this.at) return false;
    this.at = null;
    this.ground.refresh();
    return true;
  }

  /** By steps of an image pixel, or of a pixel of the screen where that is more. */
  move(steps: Point): Point | null {
    if (!this.at) return null;
    const { image, scale, tool } = this.ground;
    const step = Math.max(1, Math.round(1 / scale));
    const { x, y } = this.at;
    this.at = onImage({ x: x + steps.x * step, y: y + steps.y * step }, image);
    this.keepInSight(this.at);
    tool.move(this.press(this.at, false));
    this.ground.refresh();
    return this.at;
  }

  /** As a click there; with `shift` as one with the key held. */
  click(shift: boolean): void {
    if (!this.at) return;
    const press = this.press(this.at, shift);
    const { tool } = this.ground;
    tool.move(press);
    tool.down(press);
    tool.up(press);
    this.ground.refresh();
  }

  private press(point: Point, shift: boolean) {
    return { point, shift, alt: false, mod: false, touch: false };
  }

  private keepInSight({ x, y }: Point): void {
    const { sight, scale, pan } = this.ground;
    const margin = Math.min(MARGIN / scale, sight.width / 4, sight.height / 4);
    const past = (value: number, from: number, length: number) =>
      Math.min(0, value - from - margin) + Math.max(0, value - from - length + margin);
    const dx = past(x, sight.x, sight.width);
    const dy = past(y, sight.y, sight.height);
    if (dx !== 0 || dy !== 0) pan(-dx * scale, -dy * scale);
  }
}
