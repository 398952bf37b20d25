// The image in the sizes that painting needs: each level is half of the one before, so that a small
// view of a large page neither flickers nor reads all of its pixels in each frame.
import type { Size } from "./geometry";
import { applyLook, isPlain, type Look } from "./look";

/** What is shown: best as a bitmap, since an element is decoded while it is painted. */
export type Pixels = HTMLImageElement | ImageBitmap;
type Source = Pixels | HTMLCanvasElement;

const LEAST_SIDE = 512;

export class Picture {
  /** Size in which the answer counts, whatever the size of the file that is shown. */
  readonly size: Size;
  private readonly plain: Pixels;
  private levels: Source[];

  constructor(pixels: Pixels, size: Size) {
    this.plain = pixels;
    this.size = size;
    this.levels = [pixels];
  }

  /** Of the file, in its own pixels. */
  get width(): number {
    return sizeOf(this.plain).width;
  }

  close(): void {
    if ("close" in this.plain) this.plain.close();
  }

  /** Whether the file has fewer pixels than are shown at this scale, and fewer than the image. */
  isShort(scale: number): boolean {
    const { width } = this;
    return width < this.size.width && width < this.size.width * scale;
  }

  setLook(look: Look): void {
    this.levels = [isPlain(look) ? this.plain : lookedAt(this.plain, look)];
  }

  /** Paints the image with its upper left corner at (x, y); `scale` in device pixels per pixel. */
  paint(context: CanvasRenderingContext2D, x: number, y: number, scale: number): void {
    const source = this.levelFor(scale);
    context.imageSmoothingEnabled = scale < 3;
    context.drawImage(source, x, y, this.size.width * scale, this.size.height * scale);
  }

  private levelFor(scale: number): Source {
    const wanted = this.size.width * scale;
    let at = 0;
    for (;;) {
      const level = this.levels[at] ?? this.plain;
      const { width, height } = sizeOf(level);
      if (width / 2 < wanted || Math.min(width, height) / 2 < LEAST_SIDE) return level;
      at += 1;
      this.levels[at] ??= halved(level);
    }
  }
}

function sizeOf(source: Source): Size {
  if (!("naturalWidth" in source)) return source;
  return { width: source.naturalWidth, height: source.naturalHeight };
}

function canvasOf({ width, height }: Size): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) throw new Error("this browser has no canvas");
  return [canvas, context];
}

function halved(source: Source): HTMLCanvasElement {
  const { width, height } = sizeOf(source);
  const [canvas, context] = canvasOf({ width: width / 2, height: height / 2 });
  context.imageSmoothingQuality = "medium";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** A copy with its pixels changed. */
export function lookedAt(source: Source, look: Look): HTMLCanvasElement {
  const [canvas, context] = canvasOf(sizeOf(source));
  context.drawImage(source, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  applyLook(pixels.data, look);
  context.putImageData(pixels, 0, 0);
  return canvas;
}

/** The pixels behind an address, decoded beside the page's own thread. */
export async function fetchPixels(url: string): Promise<ImageBitmap> {
  return pixelsOf(await fetch(url));
}

export async function pixelsOf(reply: Response): Promise<ImageBitmap> {
  if (!reply.ok) throw new Error(`the picture was refused with ${reply.status}`);
  return createImageBitmap(await reply.blob());
}
