// The points of a map as the server sends them, and which of them lie where.

/** Points in the map's own units, 0 to FULL, x to the right and y downwards. */
export interface Points {
  count: number;
  items: Float64Array;
  x: Uint16Array;
  y: Uint16Array;
  /** Place of a point by its item. */
  placeOf: (item: number) => number;
}

export const FULL = 65_535;
const POINT_BYTES = 12;

/** Reads the document: all items as float64, then pairs of uint16. */
export function readPoints(buffer: ArrayBuffer): Points {
  if (buffer.byteLength % POINT_BYTES !== 0) throw new Error("This is no map of points.");
  const count = buffer.byteLength / POINT_BYTES;
  const items = new Float64Array(buffer, 0, count);
  const pairs = new Uint16Array(buffer, 8 * count, 2 * count);
  const x = new Uint16Array(count);
  const y = new Uint16Array(count);
  const places = new Map<number, number>();
  for (let at = 0; at < count; at += 1) {
    x[at] = pairs[2 * at] ?? 0;
    y[at] = pairs[2 * at + 1] ?? 0;
    places.set(items[at] ?? 0, at);
  }
  return { count, items, x, y, placeOf: (item) => places.get(item) ?? -1 };
}

/** One byte per point out of base64. */
export function readCodes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
}

const CELLS = 128;
const CELL = (FULL + 1) / CELLS;

/** Points by the cell of a grid that they lie in: near ones are found without asking all. */
export class Near {
  private readonly first: Uint32Array;
  private readonly members: Uint32Array;

  constructor(readonly points: Points) {
    const { count, x, y } = points;
    const cells = new Uint32Array(count);
    const first = new Uint32Array(CELLS * CELLS + 1);
    for (let at = 0; at < count; at += 1) {
      const cell = Math.floor((y[at] ?? 0) / CELL) * CELLS + Math.floor((x[at] ?? 0) / CELL);
      cells[at] = cell;
      first[cell + 1] = (first[cell + 1] ?? 0) + 1;
    }
    for (let cell = 0; cell < CELLS * CELLS; cell += 1) {
      first[cell + 1] = (first[cell + 1] ?? 0) + (first[cell] ?? 0);
    }
    const next = first.slice();
    this.members = new Uint32Array(count);
    for (let at = 0; at < count; at += 1) {
      const cell = cells[at] ?? 0;
      this.members[next[cell] ?? 0] = at;
      next[cell] = (next[cell] ?? 0) + 1;
    }
    this.first = first;
  }

  /** The shown point nearest to a place, -1 if none is within `reach` of it. */
  nearest(x: number, y: number, reach: number, shown: (place: number) => boolean): number {
    let best = -1;
    let least = reach * reach;
    this.within(x - reach, y - reach, x + reach, y + reach, (at) => {
      const right = (this.points.x[at] ?? 0) - x;
      const down = (this.points.y[at] ?? 0) - y;
      const apart = right * right + down * down;
      if (apart <= least && shown(at)) {
        best = at;
        least = apart;
      }
    });
    return best;
  }

  /** Visits the points of all cells that a box touches, some beyond its rim. */
  within(left: number, top: number, right: number, bottom: number, see: (at: number) => void) {
    const cell = (value: number) => Math.min(CELLS - 1, Math.max(0, Math.floor(value / CELL)));
    for (let row = cell(top); row <= cell(bottom); row += 1) {
      const from = this.first[row * CELLS + cell(left)] ?? 0;
      const to = this.first[row * CELLS + cell(right) + 1] ?? 0;
      for (let at = from; at < to; at += 1) see(this.members[at] ?? 0);
    }
  }
}

export type Corner = readonly [x: number, y: number];

/** The shown points inside a closed line, in map units. */
export function inside(
  points: Points,
  near: Near,
  line: readonly Corner[],
  shown: (place: number) => boolean,
): number[] {
  if (line.length < 3) return [];
  const xs = line.map(([x]) => x);
  const ys = line.map(([, y]) => y);
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] as const;
  const found: number[] = [];
  near.within(...box, (at) => {
    if (shown(at) && holds(line, points.x[at] ?? 0, points.y[at] ?? 0)) found.push(at);
  });
  return found.sort((a, b) => a - b);
}

/** Whether a closed line goes round a point: an odd number of its sides lies to the right. */
function holds(line: readonly Corner[], x: number, y: number): boolean {
  let odd = false;
  let before = line[line.length - 1] as Corner;
  for (const corner of line) {
    const crosses = corner[1] > y !== before[1] > y;
    const at = ((before[0] - corner[0]) * (y - corner[1])) / (before[1] - corner[1]) + corner[0];
    if (crosses && x < at) odd = !odd;
    before = corner;
  }
  return odd;
}
