// What a drawing tool is: pointer events in image pixels in, a document that changed out.
import type { EditorStore } from "../editor";
import type { Point, Rect, Size } from "../geometry";
import type { Shape } from "../shapes";
import type { Skeleton } from "../skeletons";

export interface Press {
  /** In image pixels, not rounded. */
  point: Point;
  shift: boolean;
  alt: boolean;
  mod: boolean;
  touch: boolean;
}

/** What the tools know of the canvas. */
export interface Desk {
  readonly editor: EditorStore;
  readonly image: Size;
  /** CSS pixels per image pixel at this moment. */
  readonly scale: number;
  readonly skeleton: Skeleton | null;
  /** Shortest side of a box that the question asks for. */
  readonly leastSide: number;
  readonly readOnly: boolean;
  /** The label's name for people. */
  titleOf: (label: string) => string;
  say: (text: string) => void;
  /** Something on the overlay changed that is not in the document. */
  refresh: () => void;
  pan: (dx: number, dy: number) => void;
}

/** What the overlay shows while a gesture is under way. */
export type Draft =
  /** Takes the place of the shape of the same id. */
  | { kind: "shape"; shape: Shape }
  | { kind: "rect"; rect: Rect }
  | { kind: "line"; points: readonly Point[]; cursor: Point | null; closing: boolean };

export interface Tool {
  readonly draft: Draft | null;
  down(press: Press): void;
  move(press: Press): void;
  up(press: Press): void;
  /** The gesture turned out to be another one, such as a pinch: forget it. */
  abort(): void;
  /** Esc; whether there was something to cancel. */
  cancel(): boolean;
  /** Enter; whether there was something to finish. */
  finish(): boolean;
  /** Backspace while drawing; whether there was something to take back. */
  back(): boolean;
  cursor(press: Press): string;
}

/** Screen distance (CSS pixels) from which a press is a drag and not a click. */
export const DRAG = 4;

export const tolerance = (desk: Desk, press?: Press) => (press?.touch ? 22 : 8) / desk.scale;
