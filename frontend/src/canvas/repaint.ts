// Which part of the base shows something else after a step, so that only that part is painted anew:
// a step changes one shape of a thousand.
import { type EditorState, openProposals } from "./editor";
import { overlap, type Rect } from "./geometry";
import { extentOf, type Sheet } from "./painter";
import { isCrowded, type Scene } from "./scene";
import { boundsOf, type Shape } from "./shapes";
import { seen } from "./viewport";

/** What the base shows: the editor's state, and which names were left out for want of room. */
export interface Painted {
  state: EditorState;
  crowded: string;
}

export function paintedOf({ view }: Sheet, scene: Scene): Painted {
  const { state, room } = scene;
  const sight = seen(view, room);
  const groups = [openProposals(state), state.shapes];
  const crowded = groups.map((shapes) => isCrowded(shapes, scene, view.scale, sight)).join();
  return { state, crowded };
}

/**
 * The part to paint, in CSS pixels of the canvas: empty where nothing changed that can be seen;
 * null where all is to be painted.
 */
export function partToPaint(sheet: Sheet, scene: Scene, before: Painted): Rect | null {
  const { state, question, room } = scene;
  if (paintedOf(sheet, scene).crowded !== before.crowded) return null;
  const changed = changedShapes(before.state, state);
  if (changed === null) return null;
  const whole = { x: 0, y: 0, ...room };
  let part: Rect = { x: 0, y: 0, width: 0, height: 0 };
  for (const shape of changed) {
    const extent = boundsOf(shape) && extentOf(sheet, shape, question.inkOf(shape));
    if (extent && overlap(extent, whole)) part = around(part, extent);
  }
  // Nearly all of it is painted faster without looking what lies in it.
  return part.width * part.height > 0.5 * room.width * room.height ? null : part;
}

function around(a: Rect, b: Rect): Rect {
  if (a.width === 0) return b;
  const [x, y] = [Math.min(a.x, b.x), Math.min(a.y, b.y)];
  const right = Math.max(a.x + a.width, b.x + b.width);
  const below = Math.max(a.y + a.height, b.y + b.height);
  return { x, y, width: right - x, height: below - y };
}

/** Shapes that came, went or changed between two states; null where it may be any of them. */
export function changedShapes(before: EditorState, now: EditorState): Shape[] | null {
  if (before.layers !== now.layers) return null;
  if (now.layers.length > 0 && before.hidden !== now.hidden) return null;
  const own = difference(standing(before.shapes, before), standing(now.shapes, now));
  const proposed = difference(
    standing(openProposals(before), before),
    standing(openProposals(now), now),
  );
  return own && proposed && [...own, ...proposed];
}

function standing(shapes: readonly Shape[], { hidden, selected }: EditorState): readonly Shape[] {
  return shapes.filter(({ id }) => id !== selected && !hidden.has(id));
}

/** What is in one list alone; null where the others have another order. */
function difference(before: readonly Shape[], now: readonly Shape[]): Shape[] | null {
  const [was, is] = [new Set(before), new Set(now)];
  const kept = before.filter((shape) => is.has(shape));
  const still = now.filter((shape) => was.has(shape));
  if (kept.some((shape, at) => shape !== still[at])) return null;
  return [...before.filter((shape) => !is.has(shape)), ...now.filter((shape) => !was.has(shape))];
}
