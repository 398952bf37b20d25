// How the image is shown: brightness, contrast, inverted, black and white. Never the answer's part.

export interface Look {
  /** -1 … 1, 0 as it is. */
  brightness: number;
  /** -1 … 1, 0 as it is. */
  contrast: number;
  invert: boolean;
  /** Black below this share of white, else white; null leaves the greys. */
  threshold: number | null;
}

export const PLAIN: Look = { brightness: 0, contrast: 0, invert: false, threshold: null };

export function isPlain(look: Look): boolean {
  return !look.invert && look.threshold === null && look.brightness === 0 && look.contrast === 0;
}

/** For each value of a channel (0-255) the value that is shown. */
export function lookupTable({ brightness, contrast, invert }: Look): Uint8ClampedArray {
  // Contrast turns about the middle grey; 1 leaves almost only black and white.
  const slope = contrast < 0 ? 1 + contrast : 1 / Math.max(1 - contrast, 0.02);
  return Uint8ClampedArray.from({ length: 256 }, (_, value) => {
    const made = (value + brightness * 255 - 127.5) * slope + 127.5;
    return invert ? 255 - made : made;
  });
}

/** Changes RGBA pixels in place. */
export function applyLook(pixels: Uint8ClampedArray, look: Look): void {
  const table = lookupTable(look);
  const limit = look.threshold === null ? null : look.threshold * 255;
  for (let at = 0; at < pixels.length; at += 4) {
    const red = table[pixels[at] as number] as number;
    const green = table[pixels[at + 1] as number] as number;
    const blue = table[pixels[at + 2] as number] as number;
    if (limit === null) {
      pixels[at] = red;
      pixels[at + 1] = green;
      pixels[at + 2] = blue;
    } else {
      // Rec. 601 luma, as in the grey pictures that scanners make.
      const value = 0.299 * red + 0.587 * green + 0.114 * blue >= limit ? 255 : 0;
      pixels[at] = value;
      pixels[at + 1] = value;
      pixels[at + 2] = value;
    }
  }
}
