// Points, rectangles and outlines in image pixels; nothing here knows of a screen.

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Point, Size {}

/** Whole pixels, or tenths of them where a point is finer than a pixel. */
export type Grain = 1 | 0.1;

export function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function rounded(value: number, grain: Grain): number {
  return grain === 1 ? Math.round(value) : Math.round(value * 10) / 10;
}

/** The point on the image that is nearest, at the given fineness. */
export function onImage(point: Point, image: Size, grain: Grain = 1): Point {
  return {
    x: clamp(rounded(point.x, grain), 0, image.width),
    y: clamp(rounded(point.y, grain), 0, image.height),
  };
}

export function rectOf(a: Point, b: Point): Rect {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** The smallest upright rectangle around the points; null around none. */
export function rectAround(points: readonly Point[]): Rect | null {
  if (points.length === 0) return null;
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function grown(rect: Rect, by: number): Rect {
  return {
    x: rect.x - by,
    y: rect.y - by,
    width: rect.width + 2 * by,
    height: rect.height + 2 * by,
  };
}

export function isInRect(point: Point, rect: Rect): boolean {
  return (
    point.x >= rect.x &&
    point.x <= rect.x + rect.width &&
    point.y >= rect.y &&
    point.y <= rect.y + rect.height
  );
}

export function overlap(a: Rect, b: Rect): boolean {
  return (
    a.x <= b.x + b.width && b.x <= a.x + a.width && a.y <= b.y + b.height && b.y <= a.y + a.height
  );
}

export function centreOf(rect: Rect): Point {
  return { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

/** From a point to the nearest place on the line between two others. */
export function distanceToSegment(point: Point, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y];
  const length = dx * dx + dy * dy;
  if (length === 0) return distance(point, a);
  const along = clamp(((point.x - a.x) * dx + (point.y - a.y) * dy) / length, 0, 1);
  return distance(point, { x: a.x + along * dx, y: a.y + along * dy });
}

export function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

/** Square pixels inside an outline (shoelace formula); crossing parts cancel out. */
export function areaOf(outline: readonly Point[]): number {
  let twice = 0;
  let before = outline.at(-1);
  for (const point of outline) {
    if (before) twice += before.x * point.y - point.x * before.y;
    before = point;
  }
  return Math.abs(twice) / 2;
}

/** By the even-odd rule. */
export function isInside(point: Point, outline: readonly Point[]): boolean {
  let inside = false;
  let before = outline.at(-1);
  for (const corner of outline) {
    if (before && corner.y > point.y !== before.y > point.y) {
      const share = (point.y - corner.y) / (before.y - corner.y);
      if (point.x < corner.x + share * (before.x - corner.x)) inside = !inside;
    }
    before = corner;
  }
  return inside;
}

/** The nearest edge of a closed outline: it leads from corner `at` to the next one. */
export function nearestEdge(
  point: Point,
  outline: readonly Point[],
): { at: number; distance: number } {
  let best = { at: -1, distance: Infinity };
  outline.forEach((corner, at) => {
    const next = outline[(at + 1) % outline.length] ?? corner;
    const far = distanceToSegment(point, corner, next);
    if (far < best.distance) best = { at, distance: far };
  });
  return best;
}
