// Which part of the image is seen, and how large: screen = image * scale + (x, y), in CSS pixels.
import { clamp, type Point, type Rect, type Size } from "./geometry";

export interface View extends Point {
  /** CSS pixels per image pixel. */
  readonly scale: number;
}

const MARGIN = 16;
/** So much of the image always stays in sight. */
const KEPT = 48;
export const LEAST_SCALE = 0.02;
export const MOST_SCALE = 64;

export function toScreen(view: View, point: Point): Point {
  return { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
}

export function toImage(view: View, point: Point): Point {
  return { x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale };
}

/** The whole rectangle as large as the room allows, in its middle. */
export function fitRect(rect: Rect, room: Size, margin = MARGIN): View {
  const [width, height] = [room.width - 2 * margin, room.height - 2 * margin];
  const wanted = Math.min(width / Math.max(rect.width, 1), height / Math.max(rect.height, 1));
  const scale = clamp(wanted, LEAST_SCALE, MOST_SCALE);
  return {
    scale,
    x: room.width / 2 - (rect.x + rect.width / 2) * scale,
    y: room.height / 2 - (rect.y + rect.height / 2) * scale,
  };
}

export function fitted(image: Size, room: Size): View {
  return fitRect({ x: 0, y: 0, ...image }, room, Math.min(MARGIN, room.width / 20));
}

/** Zoomed so that what lies under `at` (on the screen) stays there. */
export function zoomedAt(view: View, scale: number, at: Point): View {
  const next = clamp(scale, LEAST_SCALE, MOST_SCALE);
  const factor = next / view.scale;
  return {
    scale: next,
    x: at.x - (at.x - view.x) * factor,
    y: at.y - (at.y - view.y) * factor,
  };
}

export function panned(view: View, dx: number, dy: number): View {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** Moved back until some of the image is in sight. */
export function kept(view: View, image: Size, room: Size): View {
  const x = clamp(view.x, KEPT - image.width * view.scale, room.width - KEPT);
  const y = clamp(view.y, KEPT - image.height * view.scale, room.height - KEPT);
  return x === view.x && y === view.y ? view : { ...view, x, y };
}

/** The same zoom on the same part of another image, for pages of one kind. */
export function carried(view: View, from: Size, to: Size, room: Size): View {
  const centre = toImage(view, { x: room.width / 2, y: room.height / 2 });
  const x = room.width / 2 - (centre.x / from.width) * to.width * view.scale;
  const y = room.height / 2 - (centre.y / from.height) * to.height * view.scale;
  return kept({ scale: view.scale, x, y }, to, room);
}

/** The part of the image that is in sight. */
export function seen(view: View, room: Size): Rect {
  const from = toImage(view, { x: 0, y: 0 });
  return { ...from, width: room.width / view.scale, height: room.height / view.scale };
}
