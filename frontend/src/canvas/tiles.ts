// The tiles of a very large image: which of them a view needs, and those that are loaded. Level 0
// has all pixels, each further level half of those before; tiles are squares of each level.
import { overlap, type Rect, type Size } from "./geometry";

export interface Plan {
  /** Of a tile, in pixels of its level. */
  side: number;
  /** Sizes in pixels, the largest first. */
  levels: readonly Size[];
}

export interface TileKey {
  level: number;
  column: number;
  row: number;
}

/** The level whose pixels are at least as many as those of the screen; null if none is needed. */
export function levelFor(plan: Plan, scale: number): number | null {
  const halvings = Math.floor(Math.log2(1 / Math.min(scale, 1)) + 1e-9);
  return halvings < plan.levels.length ? halvings : null;
}

/** The part of the image that a tile shows, in pixels of the image. */
export function partOf(plan: Plan, { level, column, row }: TileKey): Rect {
  const { width = 0, height = 0 } = plan.levels[level] ?? {};
  const [x, y] = [column * plan.side, row * plan.side];
  const step = 2 ** level;
  return {
    x: x * step,
    y: y * step,
    width: Math.min(plan.side, width - x) * step,
    height: Math.min(plan.side, height - y) * step,
  };
}

/** The tiles of a level that are in sight, those in the middle first. */
export function tilesIn(plan: Plan, level: number, sight: Rect): TileKey[] {
  const size = plan.levels[level];
  if (!size || !overlap(sight, { x: 0, y: 0, ...sizeAt(plan, level) })) return [];
  const reach = plan.side * 2 ** level;
  const span = (from: number, length: number, pixels: number) => {
    const last = Math.ceil(pixels / plan.side) - 1;
    const first = Math.max(0, Math.floor(from / reach));
    return [first, Math.min(last, Math.floor((from + length) / reach))] as const;
  };
  const [left, right] = span(sight.x, sight.width, size.width);
  const [top, bottom] = span(sight.y, sight.height, size.height);
  const found: TileKey[] = [];
  for (let row = top; row <= bottom; row += 1) {
    for (let column = left; column <= right; column += 1) found.push({ level, column, row });
  }
  const [x, y] = [(sight.x + sight.width / 2) / reach, (sight.y + sight.height / 2) / reach];
  const apart = (one: TileKey) => Math.hypot(one.column + 0.5 - x, one.row + 0.5 - y);
  return found.sort((one, other) => apart(one) - apart(other));
}

function sizeAt(plan: Plan, level: number): Size {
  const { width = 0, height = 0 } = plan.levels[level] ?? {};
  return { width: width * 2 ** level, height: height * 2 ** level };
}
