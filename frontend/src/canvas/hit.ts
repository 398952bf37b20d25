// What lies under the pointer. A linear scan is fast enough for thousands of shapes.
import { distance, grown, isInRect, isInside, middle, nearestEdge, type Point } from "./geometry";
import { type BoxSide, boundsOf, type PolygonShape, type Shape, sizeOf } from "./shapes";

/** Distance on the screen within which a line or a point is hit (CSS pixels). */
export const TOLERANCE = 8;

export type Handle =
  | { kind: "side"; side: BoxSide }
  | { kind: "point"; at: number }
  /** The middle of an edge: pulling it makes a new corner after `at`. */
  | { kind: "edge"; at: number };

/** The shape under the point: of several the smallest; `tolerance` in image pixels. */
export function hitShape(
  shapes: readonly Shape[],
  point: Point,
  tolerance: number,
  hidden: ReadonlySet<string>,
): Shape | undefined {
  let best: Shape | undefined;
  let least = Infinity;
  for (const shape of shapes) {
    if (hidden.has(shape.id) || !isHit(shape, point, tolerance)) continue;
    const size = sizeOf(shape);
    // Of two of the same size the later one is drawn on top.
    if (size <= least) {
      best = shape;
      least = size;
    }
  }
  return best;
}

function isHit(shape: Shape, point: Point, tolerance: number): boolean {
  const bounds = boundsOf(shape);
  if (!bounds || !isInRect(point, grown(bounds, tolerance))) return false;
  if (shape.kind !== "polygon") return true;
  return isInside(point, shape.points) || nearestEdge(point, shape.points).distance <= tolerance;
}

/** The part of a shape that can be pulled at this place. */
export function hitHandle(shape: Shape, point: Point, tolerance: number): Handle | undefined {
  if (shape.kind === "box") {
    const side = hitSide(shape, point, tolerance);
    return side && { kind: "side", side };
  }
  const at = nearestPoint(shape.points, point, tolerance);
  if (at !== -1) return { kind: "point", at };
  return shape.kind === "polygon" ? hitEdge(shape, point, tolerance) : undefined;
}

function nearestPoint(points: readonly (Point | null)[], point: Point, tolerance: number): number {
  let best = -1;
  let least = tolerance;
  points.forEach((one, at) => {
    const far = one ? distance(one, point) : Infinity;
    if (far <= least) {
      best = at;
      least = far;
    }
  });
  return best;
}

function hitEdge(shape: PolygonShape, point: Point, tolerance: number): Handle | undefined {
  const at = shape.points.findIndex((corner, index) => {
    const next = shape.points[(index + 1) % shape.points.length] ?? corner;
    return (
      distance(corner, next) > 4 * tolerance && distance(middle(corner, next), point) <= tolerance
    );
  });
  return at === -1 ? undefined : { kind: "edge", at };
}

function hitSide(
  box: { x: number; y: number; width: number; height: number },
  point: Point,
  tolerance: number,
): BoxSide | undefined {
  if (!isInRect(point, grown(box, tolerance))) return undefined;
  const near = (value: number, edge: number, length: number) =>
    Math.abs(value - edge) <= Math.min(tolerance, length / 3 + tolerance / 2);
  const west = near(point.x, box.x, box.width);
  const east = !west && near(point.x, box.x + box.width, box.width);
  const north = near(point.y, box.y, box.height);
  const south = !north && near(point.y, box.y + box.height, box.height);
  const side = `${north ? "n" : south ? "s" : ""}${west ? "w" : east ? "e" : ""}`;
  return side === "" ? undefined : (side as BoxSide);
}

const CURSORS: Record<BoxSide, string> = {
  nw: "nwse-resize",
  se: "nwse-resize",
  ne: "nesw-resize",
  sw: "nesw-resize",
  n: "ns-resize",
  s: "ns-resize",
  e: "ew-resize",
  w: "ew-resize",
};

export function cursorOf(handle: Handle): string {
  if (handle.kind === "side") return CURSORS[handle.side];
  return handle.kind === "edge" ? "copy" : "grab";
}
