// Named points on a face or anything else: which of them are mirror images, where they lie on the
// mean shape, and whether left and right were mixed up.
import type { Point, Rect, Size } from "./geometry";
import { onImage } from "./geometry";
import { FACE_5, FACE_68, type KnownSkeleton } from "./knownSkeletons";
import type { InstanceShape, PlacedPoint } from "./shapes";

export interface Skeleton {
  readonly names: readonly string[];
  readonly titles: readonly string[];
  /** For each point the place of its mirror image; its own where it lies on the middle. */
  readonly mirror: readonly number[];
  readonly bones: readonly (readonly [number, number])[];
  /** Mean shape in the unit square; null where nobody has placed such points yet. */
  readonly mean: readonly Point[] | null;
}

/** A named point of a label schema. */
export interface NamedPoint {
  name: string;
  title?: string;
  mirror?: string;
  retired?: boolean;
}

export function skeletonOf(
  points: readonly NamedPoint[],
  bones: readonly (readonly [string, string])[] = [],
  learnt: readonly Point[] | null = null,
): Skeleton {
  const used = points.filter((point) => !point.retired);
  const names = used.map((point) => point.name);
  const known = knownFor(names);
  const place = (name: string) => names.indexOf(name);
  const named = used.map((point, at) => {
    const other = point.mirror === undefined ? -1 : place(point.mirror);
    return other === -1 ? at : other;
  });
  const isNamed = named.some((other, at) => other !== at);
  return {
    names,
    titles: used.map((point) => point.title || point.name.replaceAll("_", " ")),
    mirror: isNamed || !known ? named : known.mirror,
    bones:
      bones.length > 0
        ? bones.map(([a, b]) => [place(a), place(b)] as const).filter(([a, b]) => a >= 0 && b >= 0)
        : (known?.bones ?? []),
    mean: known?.mean ?? (learnt?.length === names.length ? learnt : null),
  };
}

/** "mouth_left", "left mouth corner" and "leftMouth" say the same. */
function wordsOf(name: string): string {
  const words = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  return words
    .filter((word) => !["", "corner", "tip", "centre", "center"].includes(word))
    .sort()
    .join(" ");
}

function knownFor(names: readonly string[]): KnownSkeleton | null {
  // The 68 points are known by their number, from 0 or from 1, with or without a letter before it.
  const numbers = names.map((name) =>
    Number(/^[a-z]*_?0*([0-9]+)$/i.exec(name)?.[1] ?? Number.NaN),
  );
  const first = numbers[0] ?? Number.NaN;
  if (names.length === 68 && numbers.every((number, at) => number === at + first)) return FACE_68;
  const same = names.map(wordsOf).join("|") === FACE_5.names.map(wordsOf).join("|");
  return same ? FACE_5 : null;
}

/** The mean shape, placed in a rectangle of the image. */
export function placedMean(skeleton: Skeleton, rect: Rect, image: Size): PlacedPoint[] | null {
  return (
    skeleton.mean?.map(({ x, y }) => ({
      occluded: false,
      ...onImage({ x: rect.x + x * rect.width, y: rect.y + y * rect.height }, image, 0.1),
    })) ?? null
  );
}

/** The names of mirror images exchanged; every point stays where it is. */
export function swapped(shape: InstanceShape, { mirror }: Skeleton): InstanceShape {
  return { ...shape, points: shape.points.map((_, at) => shape.points[mirror[at] ?? at] ?? null) };
}

/** Turned over like in a mirror, about its own middle: a left eye stays a left eye. */
export function mirrored(shape: InstanceShape, skeleton: Skeleton, image: Size): InstanceShape {
  const placed = shape.points.filter((point) => point !== null);
  const xs = placed.map((point) => point.x);
  const twice = Math.min(...xs) + Math.max(...xs);
  const turned = shape.points.map(
    (point) => point && { ...point, ...onImage({ x: twice - point.x, y: point.y }, image, 0.1) },
  );
  return swapped({ ...shape, points: turned }, skeleton);
}

/**
 * Whether the points lie better on the mean shape with left and right exchanged. Compares the
 * residuals of the best rotation, scale and shift (Procrustes, without reflection), so a head may
 * be tilted or upside down.
 */
export function looksSwapped(shape: InstanceShape, skeleton: Skeleton): boolean {
  const { mean, mirror } = skeleton;
  if (!mean || mirror.every((other, at) => other === at)) return false;
  const both = shape.points.flatMap((point, at) =>
    point && shape.points[mirror[at] ?? at] ? [at] : [],
  );
  if (both.length < 3) return false;
  const pick = (from: readonly (Point | null)[], at: number) => from[at] as Point;
  const wanted = both.map((at) => pick(mean, at));
  const given = residual(
    both.map((at) => pick(shape.points, at)),
    wanted,
  );
  const other = residual(
    both.map((at) => pick(shape.points, mirror[at] ?? at)),
    wanted,
  );
  return other < given * 0.6;
}

/** Share of the spread that the best rotation, scale and shift leave unexplained, in [0, 1]. */
function residual(points: readonly Point[], onto: readonly Point[]): number {
  const [a, b] = [centred(points), centred(onto)];
  let [along, across, spreadA, spreadB] = [0, 0, 0, 0];
  a.forEach((one, at) => {
    const other = b[at] ?? one;
    along += one.x * other.x + one.y * other.y;
    across += one.x * other.y - one.y * other.x;
    spreadA += one.x ** 2 + one.y ** 2;
    spreadB += other.x ** 2 + other.y ** 2;
  });
  const spread = spreadA * spreadB;
  return spread === 0 ? 1 : 1 - (along ** 2 + across ** 2) / spread;
}

function centred(points: readonly Point[]): Point[] {
  const x = points.reduce((sum, point) => sum + point.x, 0) / points.length;
  const y = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  return points.map((point) => ({ x: point.x - x, y: point.y - y }));
}

/** Adds one complete shape to a running mean in the unit square. */
export function learnMean(
  mean: { count: number; points: readonly Point[] } | null,
  shape: InstanceShape,
): { count: number; points: readonly Point[] } | null {
  const placed = shape.points.filter((point) => point !== null);
  if (placed.length < shape.points.length || placed.length < 2) return mean;
  const xs = placed.map((point) => point.x);
  const ys = placed.map((point) => point.y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  if (width === 0 || height === 0) return mean;
  const unit = placed.map(({ x, y }) => ({ x: (x - left) / width, y: (y - top) / height }));
  if (mean?.points.length !== unit.length) return { count: 1, points: unit };
  // The oldest shapes are forgotten slowly, so that a mean of many still learns.
  const weight = 1 / Math.min(mean.count + 1, 50);
  const points = mean.points.map(({ x, y }, at) => ({
    x: x + ((unit[at]?.x ?? x) - x) * weight,
    y: y + ((unit[at]?.y ?? y) - y) * weight,
  }));
  return { count: mean.count + 1, points };
}
