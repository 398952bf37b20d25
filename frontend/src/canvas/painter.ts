// Draws shapes. Each coloured line lies on a dark casing, so that it can be seen on any image.
import type { Point, Rect } from "./geometry";
import { middle } from "./geometry";
import {
  type BoxShape,
  boundsOf,
  type InstanceShape,
  type PolygonShape,
  type Shape,
} from "./shapes";
import type { Skeleton } from "./skeletons";
import type { View } from "./viewport";

/** How a shape looks. */
export interface Ink {
  color: string;
  dashed: boolean;
  /** Colour of words on `color`. */
  text: string;
  /** Name of the label, or of who drew it. */
  tag: string;
  /** A band, on which thinner lines can lie and both be seen. */
  wide?: boolean;
}

/** A canvas to draw on, and where the image lies on it (CSS pixels). */
export interface Sheet {
  context: CanvasRenderingContext2D;
  view: View;
}

const CASING = "rgb(0 0 0 / 62%)";
const CASING_WIDTH = 3.5;
const LINE_WIDTH = 1.75;
/** So much wider is a band. */
const BAND = 5;
const DASH = [6, 4];
const FONT = '600 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif';
const TAG_HEIGHT = 16;

function strokeTwice(context: CanvasRenderingContext2D, { color, dashed, wide }: Ink): void {
  context.strokeStyle = CASING;
  context.lineWidth = CASING_WIDTH + (wide ? BAND : 0);
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = LINE_WIDTH + (wide ? BAND : 0);
  if (dashed) context.setLineDash(DASH);
  context.stroke();
  if (dashed) context.setLineDash([]);
}

function traceBox({ context, view }: Sheet, { x, y, width, height }: Rect): void {
  const { scale } = view;
  context.beginPath();
  context.rect(x * scale + view.x, y * scale + view.y, width * scale, height * scale);
}

function traceLine({ context, view }: Sheet, points: readonly Point[], closed: boolean): void {
  context.beginPath();
  points.forEach(({ x, y }, at) => {
    const [sx, sy] = [x * view.scale + view.x, y * view.scale + view.y];
    if (at === 0) context.moveTo(sx, sy);
    else context.lineTo(sx, sy);
  });
  if (closed) context.closePath();
}

export function paintShape(
  sheet: Sheet,
  shape: Shape,
  ink: Ink,
  skeleton: Skeleton | null,
  filled = false,
): void {
  const { context } = sheet;
  if (shape.kind === "keypoints") {
    paintBones(sheet, shape, ink, skeleton);
    paintPoints(sheet, shape, ink);
    return;
  }
  if (shape.kind === "box") traceBox(sheet, shape);
  else traceLine(sheet, shape.points, true);
  if (filled) {
    context.fillStyle = ink.color;
    context.globalAlpha = 0.14;
    context.fill();
    context.globalAlpha = 1;
  }
  strokeTwice(context, ink);
}

function paintBones(
  sheet: Sheet,
  { points }: InstanceShape,
  ink: Ink,
  skeleton: Skeleton | null,
): void {
  const { context, view } = sheet;
  context.beginPath();
  for (const [a, b] of skeleton?.bones ?? []) {
    const [from, to] = [points[a], points[b]];
    if (!from || !to) continue;
    context.moveTo(from.x * view.scale + view.x, from.y * view.scale + view.y);
    context.lineTo(to.x * view.scale + view.x, to.y * view.scale + view.y);
  }
  context.globalAlpha = 0.75;
  strokeTwice(context, ink);
  context.globalAlpha = 1;
}

/** Squares, since hundreds of circles are slow; hidden ones are hollow. */
function paintPoints({ context, view }: Sheet, { points }: InstanceShape, ink: Ink): void {
  for (const point of points) {
    if (!point) continue;
    const x = point.x * view.scale + view.x;
    const y = point.y * view.scale + view.y;
    const half = ink.wide ? 5 : 2.5;
    context.fillStyle = CASING;
    context.fillRect(x - half - 1, y - half - 1, 2 * half + 2, 2 * half + 2);
    context.fillStyle = ink.color;
    if (!point.occluded) context.fillRect(x - half, y - half, 2 * half, 2 * half);
    else {
      context.strokeStyle = ink.color;
      context.lineWidth = 1.5;
      context.strokeRect(x - half, y - half, 2 * half, 2 * half);
    }
  }
}

/** The label above the shape, or inside where there is no room above it. */
export function paintTag({ context, view }: Sheet, shape: Shape, ink: Ink): void {
  const bounds = boundsOf(shape);
  if (!bounds || ink.tag === "") return;
  context.font = FONT;
  const width = widthOf(context, ink.tag) + 8;
  const x = Math.round(bounds.x * view.scale + view.x - 1);
  const above = Math.round(bounds.y * view.scale + view.y - TAG_HEIGHT - 2);
  const gap = shape.kind === "keypoints" ? 6 : 0;
  const y = above - gap < 0 ? above + TAG_HEIGHT + 3 : above - gap;
  context.fillStyle = ink.color;
  context.fillRect(x, y, width, TAG_HEIGHT);
  context.fillStyle = ink.text;
  context.textBaseline = "middle";
  context.fillText(ink.tag, x + 4, y + TAG_HEIGHT / 2 + 0.5);
}

/** All that a shape and its name may cover, in CSS pixels of the canvas. */
export function extentOf({ context, view }: Sheet, shape: Shape, ink: Ink): Rect {
  const { x, y, width, height } = boundsOf(shape) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [left, top] = [x * view.scale + view.x, y * view.scale + view.y];
  context.font = FONT;
  const across = Math.max(width * view.scale, ink.tag === "" ? 0 : widthOf(context, ink.tag) + 8);
  const down = Math.max(height * view.scale, TAG_HEIGHT);
  // Above, the name and its gap; on all sides half a band, or a hidden point's square.
  const [above, edge] = [TAG_HEIGHT + 10, 8];
  return {
    x: left - edge,
    y: top - above,
    width: across + 2 * edge,
    height: down + above + edge,
  };
}

const widths = new Map<string, number>();

function widthOf(context: CanvasRenderingContext2D, text: string): number {
  const known = widths.get(text);
  if (known !== undefined) return known;
  const width = context.measureText(text).width;
  if (widths.size > 500) widths.clear();
  widths.set(text, width);
  return width;
}

/** What can be pulled on the selected shape. */
export function paintHandles(sheet: Sheet, shape: Shape, ink: Ink, active: number | null): void {
  if (shape.kind === "box") paintBoxHandles(sheet, shape, ink);
  else if (shape.kind === "polygon") paintCorners(sheet, shape, ink, active);
  else {
    shape.points.forEach((point, at) => {
      if (point)
        knob(sheet, point, at === active ? 6.5 : 4.5, ink.color, !point.occluded, at === active);
    });
  }
}

function paintBoxHandles(sheet: Sheet, box: BoxShape, ink: Ink): void {
  const { x, y, width, height } = box;
  const { scale } = sheet.view;
  for (const across of [0, 0.5, 1]) {
    for (const down of [0, 0.5, 1]) {
      const side = across === 0.5 || down === 0.5;
      const room = Math.min(
        across === 0.5 ? width * scale : 99,
        down === 0.5 ? height * scale : 99,
      );
      if ((across === 0.5 && down === 0.5) || (side && room < 36)) continue;
      square(sheet, { x: x + across * width, y: y + down * height }, side ? 3 : 4, ink.color);
    }
  }
}

function paintCorners(sheet: Sheet, shape: PolygonShape, ink: Ink, active: number | null): void {
  const { scale } = sheet.view;
  shape.points.forEach((corner, at) => {
    const next = shape.points[(at + 1) % shape.points.length] ?? corner;
    if (Math.hypot(next.x - corner.x, next.y - corner.y) * scale > 32) {
      knob(sheet, middle(corner, next), 3, ink.color, false, false);
    }
  });
  shape.points.forEach((corner, at) => {
    knob(sheet, corner, at === active ? 6.5 : 4.5, ink.color, true, at === active);
  });
}

function square({ context, view }: Sheet, at: Point, half: number, color: string): void {
  const x = at.x * view.scale + view.x;
  const y = at.y * view.scale + view.y;
  context.fillStyle = "#fff";
  context.strokeStyle = CASING;
  context.lineWidth = 3;
  context.beginPath();
  context.rect(x - half, y - half, 2 * half, 2 * half);
  context.stroke();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.stroke();
  context.fill();
}

function knob(
  { context, view }: Sheet,
  at: Point,
  radius: number,
  color: string,
  solid: boolean,
  active: boolean,
): void {
  context.beginPath();
  context.arc(at.x * view.scale + view.x, at.y * view.scale + view.y, radius, 0, 2 * Math.PI);
  context.strokeStyle = CASING;
  context.lineWidth = 3.5;
  context.stroke();
  context.strokeStyle = active ? "#fff" : color;
  context.lineWidth = 2;
  context.stroke();
  context.fillStyle = solid ? (active ? color : "#fff") : "rgb(255 255 255 / 25%)";
  context.fill();
}

/** A name beside a point. */
export function paintName({ context, view }: Sheet, at: Point, name: string): void {
  context.font = FONT;
  const width = widthOf(context, name) + 10;
  const x = at.x * view.scale + view.x + 12;
  const y = at.y * view.scale + view.y - TAG_HEIGHT / 2;
  context.fillStyle = "rgb(0 0 0 / 78%)";
  context.fillRect(x, y, width, TAG_HEIGHT);
  context.fillStyle = "#fff";
  context.textBaseline = "middle";
  context.fillText(name, x + 5, y + TAG_HEIGHT / 2 + 0.5);
}

/** The rectangle that is being drawn. */
export function paintRect(sheet: Sheet, rect: Rect, ink: Ink): void {
  traceBox(sheet, rect);
  strokeTwice(sheet.context, ink);
  const { context, view } = sheet;
  const size = `${Math.round(rect.width)} × ${Math.round(rect.height)}`;
  paintName({ context, view }, { x: rect.x + rect.width, y: rect.y + rect.height }, size);
}

/** The outline that is being drawn, up to the pointer. */
export function paintDraftLine(
  sheet: Sheet,
  points: readonly Point[],
  cursor: Point | null,
  closing: boolean,
  ink: Ink,
): void {
  traceLine(sheet, cursor && !closing ? [...points, cursor] : points, closing);
  strokeTwice(sheet.context, ink);
  points.forEach((point, at) => {
    const first = at === 0 && points.length >= 3;
    knob(sheet, point, first ? 6 : 3.5, ink.color, true, first && closing);
  });
}

/** Lines through the pointer, to aim at edges far away. */
export function paintCrosshair(
  context: CanvasRenderingContext2D,
  at: Point,
  width: number,
  height: number,
): void {
  for (const [color, line] of [
    ["rgb(0 0 0 / 45%)", 3],
    ["rgb(255 255 255 / 80%)", 1],
  ] as const) {
    context.fillStyle = color;
    context.fillRect(0, at.y - line / 2, width, line);
    context.fillRect(at.x - line / 2, 0, line, height);
  }
}
