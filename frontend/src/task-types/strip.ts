// How large a line's picture is shown, and which part of a long one.

export interface StripFit {
  width: number;
  height: number;
  /** Larger than the room: the strip scrolls. */
  wide: boolean;
}

/** A line lower than this is not read with ease, so it rather scrolls. */
const READABLE = 56;
const LARGEST = 4;

interface Size {
  width: number;
  height: number;
}

/** The whole line where that is readable, otherwise a part of it; `zoom` is the reader's own. */
export function stripFit(picture: Size, room: Size, zoom: number, vertical = false): StripFit {
  const thickness = vertical ? picture.width : picture.height;
  const whole = Math.min(room.width / picture.width, room.height / picture.height, LARGEST);
  const scale = Math.max(whole, Math.min(READABLE / thickness, LARGEST)) * zoom;
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { width, height, wide: width > room.width + 1 || height > room.height + 1 };
}

/** How far along the line the caret is, in [0, 1], when as much text is to come as lines hold. */
export function readingPlace(caret: number, length: number, picture: Size, vertical = false) {
  const [long, thick] = vertical
    ? [picture.height, picture.width]
    : [picture.width, picture.height];
  // Handwriting has about two characters to the height of its line.
  const expected = (long / Math.max(1, thick)) * 2;
  return Math.min(1, caret / Math.max(length, expected, 1));
}
