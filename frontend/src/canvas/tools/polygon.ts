// Outlines, corner by corner; Enter, a double click or a click on the first corner closes them.
import { textOf } from "@/i18n/messages";
import { add } from "../editor";
import { areaOf, distance, onImage, type Point } from "../geometry";
import { messages } from "../messages";
import { newId } from "../shapes";
import { type Desk, type Draft, type Press, type Tool, tolerance } from "./base";

/** Square pixels below which an outline encloses nothing. */
export const LEAST_AREA = 0.5;

export class PolygonTool implements Tool {
  draft: Draft | null = null;
  private points: readonly Point[] = [];
  private pressed = false;

  constructor(private readonly desk: Desk) {}

  down(): void {
    this.pressed = true;
  }

  move(press: Press): void {
    if (this.points.length > 0) this.show(onImage(press.point, this.desk.image), press);
  }

  up(press: Press): void {
    if (!this.pressed) return;
    this.pressed = false;
    const point = onImage(press.point, this.desk.image);
    const last = this.points.at(-1);
    const again = last !== undefined && distance(last, press.point) * this.desk.scale < 3;
    if (this.closes(press) || (again && this.points.length >= 3)) {
      this.finish();
      return;
    }
    if (again) return;
    this.points = [...this.points, point];
    this.show(point, press);
    this.desk.say(textOf(messages).corner(this.points.length));
  }

  private closes(press: Press): boolean {
    const first = this.points[0];
    const near = first && distance(first, press.point) <= tolerance(this.desk, press);
    return this.points.length >= 3 && near === true;
  }

  private show(cursor: Point | null, press?: Press): void {
    const closing = press !== undefined && this.closes(press);
    this.draft =
      this.points.length > 0 ? { kind: "line", points: this.points, cursor, closing } : null;
    this.desk.refresh();
  }

  abort(): void {
    // A second finger pans; the corners so far stay.
    this.pressed = false;
  }

  cancel(): boolean {
    const busy = this.points.length > 0;
    this.pressed = false;
    this.points = [];
    this.show(null);
    return busy;
  }

  back(): boolean {
    if (this.points.length === 0) return false;
    this.points = this.points.slice(0, -1);
    this.show(null);
    this.desk.say(textOf(messages).corner(this.points.length));
    return true;
  }

  finish(): boolean {
    if (this.points.length === 0) return false;
    const { editor, say } = this.desk;
    if (this.points.length < 3 || areaOf(this.points) < LEAST_AREA) {
      say(textOf(messages).noArea);
      return true;
    }
    const { label, shapes } = editor.getState();
    const points = this.points;
    this.cancel();
    add(editor, { id: newId(), kind: "polygon", label, points });
    say(textOf(messages).added(this.desk.titleOf(label), shapes.length + 1));
    return true;
  }

  cursor(press: Press): string {
    return this.closes(press) ? "pointer" : "crosshair";
  }
}
