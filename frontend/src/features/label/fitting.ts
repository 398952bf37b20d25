// How large an image is shown.

export interface Size {
  width: number;
  height: number;
}

export interface Fit extends Size {
  /** Screen pixels per image pixel. */
  scale: number;
  /** Whether single pixels are so large that smoothing would only blur them. */
  crisp: boolean;
}

const CRISP_FROM = 3;
/** A tiny image is not read better when it fills a large screen. */
const TINY_SIDE = 64;
const TINY_SHOWN = 480;

/**
 * The largest size within `room` that keeps the shape. Strong enlargements are by whole numbers, so
 * that all pixels of the image are equally large.
 */
export function fitted(image: Size, room: Size, enlarged: boolean): Fit {
  const side = Math.max(image.width, image.height);
  const space = Math.min(room.width / image.width, room.height / image.height);
  const cap = !enlarged && side <= TINY_SIDE ? TINY_SHOWN / side : Number.POSITIVE_INFINITY;
  const wanted = Math.max(Math.min(space, cap), 0.001);
  const crisp = wanted >= CRISP_FROM;
  const scale = crisp ? Math.floor(wanted) : wanted;
  return { width: image.width * scale, height: image.height * scale, scale, crisp };
}

/** Tiny images are also shown small and smooth beside: from afar the eye reads them better. */
export function hasReadingSize(image: Size): boolean {
  return Math.max(image.width, image.height) <= TINY_SIDE;
}
