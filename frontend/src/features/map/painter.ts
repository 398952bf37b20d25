// Draws the points: each a small square, straight into the pixels, so that 100,000 take milliseconds.
import { FULL, type Points } from "./points";

/** What of the map is in sight: the map's point in the middle, and pixels per map unit. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Ink {
  /** Of each code, 0xAABBGGRR as the pixels are laid out in memory. */
  colours: Uint32Array;
  /** Of points that are not chosen while others are. */
  faded: number;
}

export interface Shown {
  points: Points;
  codes: Uint8Array;
  /** Codes that are hidden. */
  hidden: ReadonlySet<number>;
  chosen: Uint8Array | null;
}

/** All of the map, with a little room around it. */
export function fitting(width: number, height: number): View {
  return { x: FULL / 2, y: FULL / 2, scale: (Math.min(width, height) * 0.94) / FULL };
}

const COVERED = 0.05; // of the square that holds them all, by points that do not overlap
const SMALLEST = 2; // pixels of the page
const LARGEST = 9;

/** Side of a point in pixels: few points are large, and it grows slowly as one comes closer. */
export function sideOf(
  view: View,
  width: number,
  height: number,
  ratio: number,
  count: number,
): number {
  const square = (Math.min(width, height) / ratio) ** 2;
  const alone = Math.max(SMALLEST, Math.sqrt((COVERED * square) / Math.max(1, count)));
  const closer = view.scale / fitting(width, height).scale;
  return Math.round(Math.min(LARGEST, alone + Math.log2(Math.max(1, closer))) * ratio);
}

/** Paints all points into `pixels`, `width` by `height`; chosen ones last, above the others. */
export function paint(
  pixels: Uint32Array,
  width: number,
  height: number,
  view: View,
  side: number,
  shown: Shown,
  ink: Ink,
): void {
  pixels.fill(0);
  const { points, codes, hidden, chosen } = shown;
  const left = width / 2 - view.x * view.scale - side / 2;
  const top = height / 2 - view.y * view.scale - side / 2;
  for (let turn = 0; turn < (chosen ? 2 : 1); turn += 1) {
    for (let at = 0; at < points.count; at += 1) {
      const picked = chosen !== null && chosen[at] === 1;
      if (chosen !== null && picked !== (turn === 1)) continue;
      const code = codes[at] ?? 255;
      if (hidden.has(code)) continue;
      const x = Math.round((points.x[at] ?? 0) * view.scale + left);
      const y = Math.round((points.y[at] ?? 0) * view.scale + top);
      if (x < 0 || y < 0 || x + side > width || y + side > height) continue;
      const colour = chosen !== null && !picked ? ink.faded : (ink.colours[code] ?? ink.faded);
      const mark = code < 254 ? Math.floor(code / HUES) % MARKS : 0;
      for (let row = 0; row < side; row += 1) {
        const start = (y + row) * width + x;
        for (let column = 0; column < side; column += 1) {
          if (mark === 0 || side < 3 || inMark(mark, row, column, side)) {
            pixels[start + column] = colour;
          }
        }
      }
    }
  }
}

/** As many colours as can be told apart; after them the marks change. */
export const HUES = 7;
export const MARKS = 4;

/** Whether a pixel of a square belongs to its mark: a cross, a frame, or a saltire. */
function inMark(mark: number, row: number, column: number, side: number): boolean {
  const last = side - 1;
  if (mark === 1) return Math.abs(2 * row - last) < 2 || Math.abs(2 * column - last) < 2;
  if (mark === 2) return row === 0 || column === 0 || row === last || column === last;
  return Math.abs(row - column) < 1 || Math.abs(row + column - last) < 1;
}

/** "#0072B2" -> 0xAABBGGRR. */
export function packed(colour: string, alpha = 255): number {
  const value = Number.parseInt(colour.slice(1), 16);
  const [red, green, blue] = [value >> 16, (value >> 8) & 255, value & 255];
  return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}
