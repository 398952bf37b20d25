// Which part of a page is shown with a line: the line in the middle, with its neighbours.
import { clamp, type Point, rectAround, type Size } from "@/canvas/geometry";
import { fitted, type View } from "@/canvas/viewport";

/** So high a line is read with ease, if its whole length has room then. */
const EASY = 52;
const MARGIN = 1.12;
/** At least so many lines' heights are in sight. */
const LINES = 4;

export type Corners = readonly (readonly number[])[];

export function pointsOf(polygon: Corners): Point[] {
  return polygon.map(([x = 0, y = 0]) => ({ x, y }));
}

/** The page as it is shown, in CSS pixels: whole, or near about the line. */
export function pageView(polygon: Corners, page: Size, room: Size, whole: boolean): View {
  const all = fitted(page, room);
  const line = rectAround(pointsOf(polygon));
  if (whole || !line) return all;
  const wanted = Math.min(
    room.width / Math.max(1, line.width * MARGIN),
    EASY / Math.max(1, line.height),
    room.height / Math.max(1, line.height * LINES),
  );
  const scale = Math.max(all.scale, wanted);
  const place = (centre: number, length: number, space: number) => {
    const size = length * scale;
    // A page that is smaller than the room lies in its middle, a larger one leaves no edge bare.
    if (size <= space) return (space - size) / 2;
    return clamp(space / 2 - centre * scale, space - size, 0);
  };
  return {
    scale,
    x: place(line.x + line.width / 2, page.width, room.width),
    y: place(line.y + line.height / 2, page.height, room.height),
  };
}

/** An outline for SVG, on the screen. */
export function outlineOn(polygon: Corners, { scale, x, y }: View): string {
  return pointsOf(polygon)
    .map((point) => `${(point.x * scale + x).toFixed(1)},${(point.y * scale + y).toFixed(1)}`)
    .join(" ");
}
