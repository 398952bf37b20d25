// How the image is looked at: which part of it, how large, and in how large a room.
import type { Point, Rect, Size } from "./geometry";
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

export class Camera {
  view: View = { scale: 1, x: 0, y: 0 };
  /** Of the canvas, in CSS pixels. */
  room: Size = { width: 0, height: 0 };
  /** Device pixels to a CSS pixel. */
  ratio = 1;
  /** The labeler zoomed by hand, so the next image is shown the same. */
  private zoomed = false;

  constructor(
    private readonly image: () => Size,
    private readonly changed: () => void,
  ) {}

  private lookAt(view: View): void {
    this.view = kept(view, this.image(), this.room);
    this.changed();
  }

  fit(): void {
    this.zoomed = false;
    this.lookAt(fitted(this.image(), this.room));
  }

  zoomTo(scale: number, at: Point = this.middle): void {
    this.zoomed = true;
    this.lookAt(zoomedAt(this.view, scale, at));
  }

  zoomToRect(rect: Rect): void {
    this.zoomed = true;
    this.lookAt(fitRect(rect, this.room, Math.min(this.room.width, this.room.height) / 6));
  }

  pan(dx: number, dy: number): void {
    this.zoomed = true;
    this.lookAt(panned(this.view, dx, dy));
  }

  /** Another image is there in the place of one of this size, or of none. */
  turnFrom(before: Size | null): void {
    const image = this.image();
    if (this.zoomed && before) this.lookAt(carried(this.view, before, image, this.room));
    else this.lookAt(fitted(image, this.room));
  }

  /** Returns whether anything changed; what was in the middle stays there. */
  resize(room: Size, ratio: number, shown: boolean): boolean {
    const before = this.room;
    const same = room.width === before.width && room.height === before.height;
    if ((same && ratio === this.ratio) || room.width === 0) return false;
    this.room = room;
    this.ratio = ratio;
    if (!shown) return true;
    const [dx, dy] = [(room.width - before.width) / 2, (room.height - before.height) / 2];
    this.lookAt(this.zoomed ? panned(this.view, dx, dy) : fitted(this.image(), room));
    return true;
  }

  private get middle(): Point {
    return { x: this.room.width / 2, y: this.room.height / 2 };
  }

  /** The middle of what is seen, in image pixels. */
  get centre(): Point {
    return toImage(this.view, this.middle);
  }

  /** The part of the image that is in sight. */
  get sight(): Rect {
    return seen(this.view, this.room);
  }
}
