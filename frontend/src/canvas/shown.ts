// The image that is on the board: its pixels, more of them where it is looked at closely, its look.
import type { Rect, Size } from "./geometry";
import { type Look, PLAIN } from "./look";
import { Picture, type Pixels } from "./picture";
import type { TileLayer } from "./TileLayer";

interface Painted {
  /** The screen has more pixels for the image than its file; said once for each image. */
  short: boolean;
  /** Tiles in sight that are on their way; null where the image has none. */
  missing: number | null;
}

export class Shown {
  private picture: Picture | null = null;
  /** More pixels than the picture's file has, of the part in sight. */
  private tiles: TileLayer | null = null;
  private saidShort = false;
  private look: Look = PLAIN;
  /** The picture belongs to the item before: it must neither be seen nor drawn on. */
  stale = false;

  get size(): Size | null {
    return this.picture?.size ?? null;
  }

  /** Across, of the file. */
  get pixels(): number {
    return this.picture?.width ?? 0;
  }

  /** Whether the image of the open item is there to be drawn on. */
  get ready(): boolean {
    return this.picture !== null && !this.stale;
  }

  show(pixels: Pixels, size: Size): void {
    this.setPicture(pixels, size);
    this.layTiles(null);
    this.saidShort = false;
    this.stale = false;
  }

  /** The same image with more pixels. */
  sharpen(pixels: Pixels): void {
    if (this.picture) this.setPicture(pixels, this.picture.size);
  }

  /** The same, of an image that is too large for one file. */
  layTiles(tiles: TileLayer | null): void {
    this.tiles?.close();
    this.tiles = tiles;
    tiles?.setLook(this.look);
  }

  setLook(look: Look): void {
    this.look = look;
    this.picture?.setLook(look);
    this.tiles?.setLook(look);
  }

  close(): void {
    this.picture?.close();
    this.tiles?.close();
  }

  private setPicture(pixels: Pixels, size: Size): void {
    this.picture?.close();
    this.picture = new Picture(pixels, size);
    if (this.look !== PLAIN) this.picture.setLook(this.look);
  }

  /** As `Picture.paint`; `sight` is the part of the image that is seen. */
  paint(
    context: CanvasRenderingContext2D,
    x: number,
    y: number,
    scale: number,
    sight: Rect,
  ): Painted {
    this.picture?.paint(context, x, y, scale);
    const missing = this.tiles?.paint(context, x, y, scale, sight).length ?? null;
    const short = !this.saidShort && (this.picture?.isShort(scale) ?? false);
    this.saidShort ||= short;
    return { short, missing };
  }
}
