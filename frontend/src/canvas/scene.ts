// What the two canvases show: below all shapes that stand, above the one that is worked on with its
// handles, what is being drawn, and the aim.
import { type EditorState, openProposals } from "./editor";
import { overlap, type Point, type Rect, type Size } from "./geometry";
import {
  extentOf,
  type Ink,
  paintCrosshair,
  paintDraftLine,
  paintHandles,
  paintName,
  paintRect,
  paintShape,
  paintTag,
  type Sheet,
} from "./painter";
import { boundsOf, pointAt, type Shape } from "./shapes";
import type { Skeleton } from "./skeletons";
import type { Draft } from "./tools/base";
import { seen } from "./viewport";

/** What the question asks for. */
export interface Question {
  skeleton: Skeleton | null;
  leastSide: number;
  inkOf: (shape: Shape) => Ink;
  titleOf: (label: string) => string;
}

export interface Scene {
  state: EditorState;
  question: Question;
  /** Of the canvas, in CSS pixels. */
  room: Size;
  readOnly: boolean;
}

/** More names than this at once would only hide the image. */
const TAG_LIMIT = 150;
const TAG_SIDE = 28;

/**
 * All shapes but the selected one: those of others, proposals, and the answer's own. With `part`
 * (CSS pixels of the canvas) those alone that reach into it.
 */
export function paintStanding(sheet: Sheet, scene: Scene, part: Rect | null = null): void {
  const { state, question } = scene;
  for (const layer of state.layers) {
    if (state.hidden.has(layer.id)) continue;
    paintAll(sheet, scene, layer.shapes, layer.inkOf, part);
  }
  const proposed = (shape: Shape) => ({ ...question.inkOf(shape), dashed: true });
  paintAll(sheet, scene, openProposals(state), proposed, part);
  paintAll(sheet, scene, state.shapes, question.inkOf, part);
}

function paintAll(
  sheet: Sheet,
  scene: Scene,
  shapes: readonly Shape[],
  inkOf: (shape: Shape) => Ink,
  part: Rect | null,
): void {
  const { scale } = sheet.view;
  const sight = seen(sheet.view, scene.room);
  const tags: [Shape, Ink][] = [];
  for (const shape of shapes) {
    const bounds = boundsInSight(shape, scene, sight);
    if (!bounds) continue;
    const ink = inkOf(shape);
    if (part && !overlap(extentOf(sheet, shape, ink), part)) continue;
    paintShape(sheet, shape, ink, scene.question.skeleton);
    if (bounds.width * scale >= TAG_SIDE) tags.push([shape, ink]);
  }
  if (isCrowded(shapes, scene, scale, sight)) return;
  for (const [shape, ink] of tags) paintTag(sheet, shape, ink);
}

function boundsInSight(shape: Shape, { state }: Scene, sight: Rect): Rect | null {
  if (state.hidden.has(shape.id) || shape.id === state.selected) return null;
  const bounds = boundsOf(shape);
  return bounds && overlap(bounds, sight) ? bounds : null;
}

/** Whether so many names would be in sight that none is painted. */
export function isCrowded(
  shapes: readonly Shape[],
  scene: Scene,
  scale: number,
  sight: Rect,
): boolean {
  let count = 0;
  for (const shape of shapes) {
    if ((boundsInSight(shape, scene, sight)?.width ?? 0) * scale >= TAG_SIDE) count += 1;
  }
  return count > TAG_LIMIT;
}

/** The selected shape, or what a gesture makes of it; else what is being drawn. */
export function paintActive(sheet: Sheet, scene: Scene, draft: Draft | null): void {
  const { state, question } = scene;
  const shape = draft?.kind === "shape" ? draft.shape : standing(state);
  if (shape && !state.hidden.has(shape.id)) paintSelected(sheet, scene, shape);
  const ink = question.inkOf({ ...NEXT, label: state.label });
  if (draft?.kind === "rect") paintRect(sheet, draft.rect, ink);
  if (draft?.kind === "line") {
    paintDraftLine(sheet, draft.points, draft.cursor, draft.closing, ink);
  }
}

/** Stands for the shape that is drawn next, which has only a label yet. */
const NEXT = { id: "", kind: "box", x: 0, y: 0, width: 0, height: 0 } as const;

function standing({ shapes, proposed, selected }: EditorState): Shape | undefined {
  const isSelected = (one: Shape) => one.id === selected;
  return selected === null ? undefined : (shapes.find(isSelected) ?? proposed.find(isSelected));
}

function paintSelected(sheet: Sheet, { state, question, readOnly }: Scene, shape: Shape): void {
  const { skeleton } = question;
  const proposed = !state.shapes.some((one) => one.id === shape.id);
  const ink = question.inkOf(shape);
  paintShape(sheet, shape, proposed ? { ...ink, dashed: true } : ink, skeleton, true);
  paintTag(sheet, shape, ink);
  if (proposed || readOnly || state.locked.has(shape.id)) return;
  paintHandles(sheet, shape, ink, state.point);
  const point = pointAt(shape, state.point);
  const title = shape.kind === "keypoints" && skeleton?.titles[state.point ?? -1];
  if (point && title && !state.placing) paintName(sheet, point, title);
}

/** Where the next press goes: a crosshair, and the name of the point that is next. */
export function paintAim(sheet: Sheet, { state, question, room }: Scene, point: Point): void {
  const { context, view } = sheet;
  const at = { x: point.x * view.scale + view.x, y: point.y * view.scale + view.y };
  paintCrosshair(context, at, room.width, room.height);
  const { tool, placing } = state;
  const title = tool === "keypoints" && placing && question.skeleton?.titles[placing.at];
  if (title) paintName(sheet, point, title);
}
