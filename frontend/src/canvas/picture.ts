// The image in the sizes that painting needs: each level is half of the one before, so that a small
// view of a large page neither flickers nor reads all of its pixels in each frame.
import type { Size } from "./geometry";
import { applyLook, isPlain, type Look } from "./look";

type Source = HTMLImageElement | HTMLCanvasElement;

const LEAST_SIDE = 512;

export class Picture {
  /** Size in which the answer counts, whatever the size of the file that is shown. */
  readonly size: Size;
  private readonly plain: HTMLImageElement;
  private levels: Source[];

  constructor(element: HTMLImageElement, size: Size) {
    this.plain = element;
    this.size = size;
    this.levels = [element];
  }

  setLook(look: Look): void {
    this.levels = [isPlain(look) ? this.plain : looked(this.plain, look)];
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
  if (source instanceof HTMLCanvasElement) return source;
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

function looked(source: HTMLImageElement, look: Look): HTMLCanvasElement {
  const [canvas, context] = canvasOf(sizeOf(source));
  context.drawImage(source, 0, 0);
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  applyLook(pixels.data, look);
  context.putImageData(pixels, 0, 0);
  return canvas;
}
