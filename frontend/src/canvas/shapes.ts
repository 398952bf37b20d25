// The shapes of an answer: immutable, in image pixels, changed by making new ones.
import {
  areaOf,
  clamp,
  type Grain,
  onImage,
  type Point,
  type Rect,
  rectAround,
  rectOf,
  type Size,
} from "./geometry";

export type AttributeValue = boolean | string;

interface Common {
  /** Known to this page alone; answers have none. */
  readonly id: string;
  readonly label: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface BoxShape extends Common, Rect {
  readonly kind: "box";
}

export interface PolygonShape extends Common {
  readonly kind: "polygon";
  readonly points: readonly Point[];
}

export interface PlacedPoint extends Point {
  /** Hidden behind something, and placed by guess. */
  readonly occluded: boolean;
}

export interface InstanceShape extends Common {
  readonly kind: "keypoints";
  /** In the skeleton's order; null where a point is absent or not placed yet. */
  readonly points: readonly (PlacedPoint | null)[];
}

export type Shape = BoxShape | PolygonShape | InstanceShape;
export type ShapeKind = Shape["kind"];

/** A corner or a side of a box. */
export type BoxSide = "nw" | "n" | "ne" | "e" | "se" | "s" | "sw" | "w";

let made = 0;

export function newId(): string {
  made += 1;
  return `shape-${made}`;
}

export function grainOf(shape: Shape): Grain {
  return shape.kind === "keypoints" ? 0.1 : 1;
}

/** All points that make the shape: four corners, an outline, or what is placed of a skeleton. */
export function cornersOf(shape: Shape): readonly Point[] {
  if (shape.kind === "polygon") return shape.points;
  if (shape.kind === "keypoints") return shape.points.filter((point) => point !== null);
  const { x, y, width, height } = shape;
  return [
    { x, y },
    { x: x + width, y },
    { x: x + width, y: y + height },
    { x, y: y + height },
  ];
}

/** Null for a skeleton of which nothing is placed. */
export function boundsOf(shape: Shape): Rect | null {
  return shape.kind === "box" ? shape : rectAround(cornersOf(shape));
}

/** For the order of hits: what is smaller lies on top. */
export function sizeOf(shape: Shape): number {
  if (shape.kind === "polygon") return areaOf(shape.points);
  const bounds = boundsOf(shape);
  return bounds ? bounds.width * bounds.height : 0;
}

function withPoints<One extends Shape>(shape: One, change: (point: Point) => Point): One {
  if (shape.kind === "box") {
    const { width, height } = shape;
    const from = change(shape);
    const to = change({ x: shape.x + width, y: shape.y + height });
    return { ...shape, ...rectOf(from, to) };
  }
  if (shape.kind === "polygon") return { ...shape, points: shape.points.map(change) };
  const points = shape.points.map((point) => point && { ...point, ...change(point) });
  return { ...shape, points };
}

/** Moved as a whole, and never off the image. */
export function moved<One extends Shape>(shape: One, by: Point, image: Size): One {
  const bounds = boundsOf(shape);
  if (!bounds) return shape;
  const dx = clamp(by.x, -bounds.x, image.width - bounds.x - bounds.width);
  const dy = clamp(by.y, -bounds.y, image.height - bounds.y - bounds.height);
  const grain = grainOf(shape);
  return withPoints(shape, ({ x, y }) => onImage({ x: x + dx, y: y + dy }, image, grain));
}

/** Fitted into another rectangle, keeping its place within it; each side at least one pixel. */
export function fittedInto<One extends Shape>(shape: One, rect: Rect, image: Size): One {
  const bounds = boundsOf(shape);
  if (!bounds) return shape;
  const width = Math.max(1, rect.width);
  const height = Math.max(1, rect.height);
  const share = (value: number, from: number, length: number) =>
    length === 0 ? 0.5 : (value - from) / length;
  const grain = grainOf(shape);
  return withPoints(shape, ({ x, y }) =>
    onImage(
      {
        x: rect.x + share(x, bounds.x, bounds.width) * width,
        y: rect.y + share(y, bounds.y, bounds.height) * height,
      },
      image,
      grain,
    ),
  );
}

/** Wider and taller by so many pixels; the upper left corner stays. */
export function resized<One extends Shape>(shape: One, by: Point, image: Size): One {
  const bounds = boundsOf(shape);
  if (!bounds) return shape;
  const width = clamp(bounds.width + by.x, 1, image.width - bounds.x);
  const height = clamp(bounds.height + by.y, 1, image.height - bounds.y);
  return fittedInto(shape, { ...bounds, width, height }, image);
}

/** A box whose side or corner was pulled to a point; it may turn over. */
export function pulled(box: BoxShape, side: BoxSide, to: Point, image: Size): BoxShape {
  const place = onImage(to, image);
  let [left, top, right, bottom] = [box.x, box.y, box.x + box.width, box.y + box.height];
  if (side.includes("w")) left = place.x;
  if (side.includes("e")) right = place.x;
  if (side.includes("n")) top = place.y;
  if (side.includes("s")) bottom = place.y;
  const rect = rectOf({ x: left, y: top }, { x: right, y: bottom });
  const width = Math.max(1, rect.width);
  const height = Math.max(1, rect.height);
  // One pixel wide at the far edge of the image, it has to begin before the edge.
  const x = Math.min(rect.x, image.width - width);
  const y = Math.min(rect.y, image.height - height);
  return { ...box, x, y, width, height };
}

export function withCorner(shape: PolygonShape, at: number, to: Point): PolygonShape {
  return { ...shape, points: shape.points.with(at, to) };
}

export function withNewCorner(shape: PolygonShape, after: number, to: Point): PolygonShape {
  return { ...shape, points: shape.points.toSpliced(after + 1, 0, to) };
}

/** Null when nothing would be left that encloses an area. */
export function withoutCorner(shape: PolygonShape, at: number): PolygonShape | null {
  return shape.points.length > 3 ? { ...shape, points: shape.points.toSpliced(at, 1) } : null;
}

export function withPlaced(
  shape: InstanceShape,
  at: number,
  point: PlacedPoint | null,
): InstanceShape {
  return { ...shape, points: shape.points.with(at, point) };
}

/** One point of a shape, by its number; undefined where there is none. */
export function pointAt(shape: Shape, at: number | null): Point | undefined {
  if (at === null || shape.kind === "box") return undefined;
  return shape.points[at] ?? undefined;
}

/** The shape with one of its points somewhere else. */
export function withPoint(shape: Shape, at: number, to: Point, image: Size): Shape {
  const place = onImage(to, image, grainOf(shape));
  if (shape.kind === "polygon") return withCorner(shape, at, place);
  if (shape.kind === "box") return shape;
  return withPlaced(shape, at, { occluded: shape.points[at]?.occluded ?? false, ...place });
}

/** Another one of the same, a little aside. */
export function copyOf<One extends Shape>(shape: One, aside: number, image: Size): One {
  const copy = { ...shape, id: newId() };
  const there = moved(copy, { x: aside, y: aside }, image);
  const [from, to] = [boundsOf(copy), boundsOf(there)];
  const stuck = from && to && from.x === to.x && from.y === to.y;
  return stuck ? moved(copy, { x: -aside, y: -aside }, image) : there;
}
