// Picks a shape, moves it, pulls its sides, corners and points; pulling the background pans.
import { textOf } from "@/i18n/messages";
import { remove, replace, select, selectedShape } from "../editor";
import { onImage, type Point } from "../geometry";
import { cursorOf, type Handle, hitHandle, hitShape } from "../hit";
import { messages } from "../messages";
import { moved, pulled, type Shape, withNewCorner, withoutCorner, withPoint } from "../shapes";
import { type Desk, DRAG, type Draft, type Press, type Tool, tolerance } from "./base";

type Gesture =
  | { kind: "move"; shape: Shape; from: Point; began: boolean }
  | { kind: "pull"; shape: Shape; handle: Handle; from: Point; began: boolean }
  | { kind: "pan"; from: Point };

export class SelectTool implements Tool {
  draft: Draft | null = null;
  private gesture: Gesture | null = null;

  constructor(private readonly desk: Desk) {}

  /** The part of the selected shape that would be pulled from here. */
  handleAt(press: Press): { shape: Shape; handle: Handle } | null {
    const { editor, readOnly } = this.desk;
    const shape = selectedShape(editor);
    const { locked, hidden, shapes } = editor.getState();
    if (!shape || readOnly || locked.has(shape.id) || hidden.has(shape.id)) return null;
    if (!shapes.includes(shape)) return null;
    const handle = hitHandle(shape, press.point, tolerance(this.desk, press));
    return handle ? { shape, handle } : null;
  }

  down(press: Press): void {
    const { editor, image } = this.desk;
    const { point } = press;
    const found = this.handleAt(press);
    if (found) {
      this.pull(found.shape, found.handle, press);
      return;
    }
    const state = editor.getState();
    const all = [...state.shapes, ...state.proposed, ...state.layers.flatMap((one) => one.shapes)];
    const shape = hitShape(all, point, tolerance(this.desk, press) / 2, state.hidden);
    if (!shape) {
      this.gesture = { kind: "pan", from: point };
      return;
    }
    select(editor, shape.id);
    const still = this.desk.readOnly || state.locked.has(shape.id) || !state.shapes.includes(shape);
    if (!still && image) this.gesture = { kind: "move", shape, from: point, began: false };
  }

  private pull(shape: Shape, handle: Handle, press: Press): void {
    const { editor } = this.desk;
    if (handle.kind === "point") {
      if (press.alt && shape.kind === "polygon") {
        this.dropCorner(handle.at);
        return;
      }
      select(editor, shape.id, handle.at);
    }
    this.gesture = { kind: "pull", shape, handle, from: press.point, began: false };
  }

  /** Takes a corner out of the selected outline. */
  dropCorner(at: number): void {
    const { editor, say } = this.desk;
    const shape = selectedShape(editor);
    if (shape?.kind !== "polygon") return;
    const less = withoutCorner(shape, at);
    if (less) replace(editor, less, { point: null });
    say(less ? textOf(messages).cornerGone : textOf(messages).cornerNeeded);
  }

  move(press: Press): void {
    const { gesture, desk } = this;
    if (!gesture) return;
    const by = { x: press.point.x - gesture.from.x, y: press.point.y - gesture.from.y };
    if (gesture.kind === "pan") {
      desk.pan(by.x * desk.scale, by.y * desk.scale);
      return;
    }
    gesture.began ||= Math.hypot(by.x, by.y) * desk.scale >= DRAG;
    if (!gesture.began) return;
    this.draft = { kind: "shape", shape: this.changed(gesture, press.point, by) };
    desk.refresh();
  }

  private changed(gesture: Exclude<Gesture, { kind: "pan" }>, to: Point, by: Point): Shape {
    const { image } = this.desk;
    const { shape } = gesture;
    if (gesture.kind === "move") {
      return moved(shape, by, image);
    }
    const { handle } = gesture;
    if (handle.kind === "side") {
      return shape.kind === "box" ? pulled(shape, handle.side, to, image) : shape;
    }
    if (handle.kind === "edge") {
      return shape.kind === "polygon" ? withNewCorner(shape, handle.at, onImage(to, image)) : shape;
    }
    return withPoint(shape, handle.at, to, image);
  }

  up(press: Press): void {
    this.move(press);
    const { draft, gesture } = this;
    this.abort();
    if (draft?.kind !== "shape") return;
    const handle = gesture?.kind === "pull" ? gesture.handle : null;
    // A new corner is the active one at once.
    const also = handle?.kind === "edge" ? { point: handle.at + 1 } : {};
    replace(this.desk.editor, draft.shape, also);
    this.desk.say(textOf(messages)[gesture?.kind === "move" ? "moved" : "changed"]);
  }

  abort(): void {
    this.gesture = null;
    if (this.draft) {
      this.draft = null;
      this.desk.refresh();
    }
  }

  cancel(): boolean {
    const busy = this.draft !== null;
    this.abort();
    return busy;
  }

  finish(): boolean {
    return false;
  }

  back(): boolean {
    return false;
  }

  /** Deletes the active corner, or else the whole shape. */
  delete(): boolean {
    const { editor } = this.desk;
    const shape = selectedShape(editor);
    const { point, locked } = editor.getState();
    if (!shape || locked.has(shape.id)) return false;
    if (point !== null && shape.kind === "polygon") this.dropCorner(point);
    else remove(editor, shape.id);
    return true;
  }

  cursor(press: Press): string {
    if (this.gesture?.kind === "pan") return "grabbing";
    const found = this.handleAt(press);
    if (found) return cursorOf(found.handle);
    const { shapes, proposed, hidden } = this.desk.editor.getState();
    const near = tolerance(this.desk, press) / 2;
    return hitShape([...shapes, ...proposed], press.point, near, hidden) ? "move" : "default";
  }
}
