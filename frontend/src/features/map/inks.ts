// The colours of the points: the label colours, grey for points without a name.
import { readInk } from "@/charts/ink";
import { LABEL_COLORS } from "@/ui/theme";
import { HUES, type Ink, MARKS, packed } from "./painter";

export const OTHER = 254;
export const NONE = 255;

export function colourOf(code: number): string {
  if (code >= OTHER) return readInk().muted;
  return LABEL_COLORS[code % HUES] ?? LABEL_COLORS[0];
}

/** The mark that is drawn for a code, as a sign of text. */
export function markOf(code: number): string {
  if (code >= OTHER) return "■";
  return ["■", "✚", "▢", "✖"][Math.floor(code / HUES) % MARKS] ?? "■";
}

export function inkOf(): Ink {
  const muted = readInk().muted;
  const colours = new Uint32Array(256);
  for (let code = 0; code < 256; code += 1) colours[code] = packed(colourOf(code));
  return { colours, faded: packed(muted, 70) };
}
