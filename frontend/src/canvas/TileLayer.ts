// Tiles of a very large image over its smaller file: those in sight are fetched, kept while there is
// room, and painted; what is not there yet is seen in fewer pixels below them.
import type { Rect } from "./geometry";
import { isPlain, type Look, PLAIN } from "./look";
import { fetchInTurn } from "./patience";
import { fetchPixels, lookedAt } from "./picture";
import { levelFor, type Plan, partOf, type TileKey, tilesIn } from "./tiles";

/** About 100 MB of pixels; more are kept only where more are in sight. */
const MOST_TILES = 96;
const AT_ONCE = 6;
const RETRY_MS = 5000;

interface Tile {
  /** Null while it is on its way, and for a while after it could not be had. */
  bitmap: ImageBitmap | null;
  /** With the look that is set; made when it is painted. */
  shown: CanvasImageSource | null;
}

export class TileLayer {
  private readonly tiles = new Map<string, Tile>();
  private wanted: TileKey[] = [];
  private loading = 0;
  private look: Look = PLAIN;
  private closed = false;

  constructor(
    private readonly plan: Plan,
    private readonly addressOf: (key: TileKey) => string,
    /** Called when there is more to paint. */
    private readonly changed: () => void,
  ) {}

  setLook(look: Look): void {
    this.look = look;
    for (const tile of this.tiles.values()) tile.shown = null;
  }

  close(): void {
    this.closed = true;
    for (const tile of this.tiles.values()) tile.bitmap?.close();
    this.tiles.clear();
  }

  /** As `Picture.paint`; `sight` is the part of the image that is seen. Returns what is missing. */
  paint(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    scale: number,
    sight: Rect,
  ): TileKey[] {
    const level = levelFor(this.plan, scale);
    if (level === null) return [];
    const keys = tilesIn(this.plan, level, sight);
    const missing = keys.filter((key) => !this.tiles.get(nameOf(key))?.bitmap);
    const coarse = level + 1;
    if (missing.length > 0 && coarse < this.plan.levels.length) {
      for (const key of tilesIn(this.plan, coarse, sight)) this.draw(context, x, y, scale, key);
    }
    for (const key of keys) this.draw(context, x, y, scale, key);
    this.wanted = missing.filter((key) => !this.tiles.has(nameOf(key)));
    this.forget(Math.max(MOST_TILES, 2 * keys.length));
    this.fetchNext();
    return missing;
  }

  private draw(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    scale: number,
    key: TileKey,
  ): void {
    const name = nameOf(key);
    const tile = this.tiles.get(name);
    if (!tile?.bitmap) return;
    // The one that was painted last is forgotten last.
    this.tiles.delete(name);
    this.tiles.set(name, tile);
    tile.shown ??= isPlain(this.look) ? tile.bitmap : lookedAt(tile.bitmap, this.look);
    const part = partOf(this.plan, key);
    // On whole pixels of the screen, so that no seam shows between two tiles.
    const [left, top] = [Math.round(x + part.x * scale), Math.round(y + part.y * scale)];
    const right = Math.round(x + (part.x + part.width) * scale);
    const below = Math.round(y + (part.y + part.height) * scale);
    context.drawImage(tile.shown, left, top, right - left, below - top);
  }

  private fetchNext(): void {
    while (this.loading < AT_ONCE) {
      const key = this.wanted.shift();
      if (!key) return;
      this.loading += 1;
      void this.fetch(key).finally(() => {
        this.loading -= 1;
        this.fetchNext();
      });
    }
  }

  private async fetch(key: TileKey): Promise<void> {
    const tile: Tile = { bitmap: null, shown: null };
    this.tiles.set(nameOf(key), tile);
    try {
      const bitmap = await fetchPixels(this.addressOf(key));
      if (this.closed || this.tiles.get(nameOf(key)) !== tile) bitmap.close();
      else tile.bitmap = bitmap;
    } catch {
      // The image stays in sight with fewer pixels, and the tile is asked for again later.
      setTimeout(() => this.retry(key), RETRY_MS);
    }
    if (!this.closed) this.changed();
  }

  private retry(key: TileKey): void {
    this.tiles.delete(nameOf(key));
    if (!this.closed) this.changed();
  }

  private forget(most: number): void {
    for (const [name, tile] of this.tiles) {
      if (this.tiles.size <= most) return;
      if (!tile.bitmap) continue;
      tile.bitmap.close();
      this.tiles.delete(name);
    }
  }
}

function nameOf({ level, column, row }: TileKey): string {
  return `${level}/${column}-${row}`;
}

/** Has the server cut the image, and returns its tiles; null where they cannot be had. */
export async function openTiles(
  url: string,
  changed: () => void,
  wanted: () => boolean,
): Promise<TileLayer | null> {
  const reply = await fetchInTurn(url, wanted);
  if (!reply?.ok) return null;
  return new TileLayer(planOf(await reply.json()), placesUnder(url), changed);
}

function planOf(document: { side: number; levels: [number, number][] }): Plan {
  const levels = document.levels.map(([width, height]) => ({ width, height }));
  return { side: document.side, levels };
}

/** One signature is good for all tiles: "/media/7/tiles?e=…" -> "/media/7/tiles/0/3-2?e=…". */
export function placesUnder(url: string): (key: TileKey) => string {
  const [path, query] = url.split("?");
  return (key) => `${path}/${nameOf(key)}?${query}`;
}
