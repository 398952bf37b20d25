// Boxes by a drag, or by a click on each of two opposite corners.
import { textOf } from "@/i18n/messages";
import { add } from "../editor";
import { onImage, type Point, type Rect, rectOf } from "../geometry";
import { messages } from "../messages";
import { newId } from "../shapes";
import { type Desk, DRAG, type Draft, type Press, type Tool } from "./base";

export class BoxTool implements Tool {
  draft: Draft | null = null;
  private corner: Point | null = null;
  private pressed = false;
  private clicked = false;

  /** `made` is called with each rectangle that was drawn; by default it becomes a box. */
  constructor(
    protected readonly desk: Desk,
    private readonly made: (rect: Rect) => void = (rect) => addBox(desk, rect),
  ) {}

  down({ point }: Press): void {
    this.pressed = true;
    this.corner ??= onImage(point, this.desk.image);
  }

  move({ point }: Press): void {
    if (!this.corner) return;
    this.draft = { kind: "rect", rect: rectOf(this.corner, onImage(point, this.desk.image)) };
    this.desk.refresh();
  }

  up(press: Press): void {
    if (!this.corner || !this.pressed) return;
    this.pressed = false;
    const to = onImage(press.point, this.desk.image);
    const rect = rectOf(this.corner, to);
    const dragged = Math.max(rect.width, rect.height) * this.desk.scale >= DRAG;
    // The first click of two sets a corner, and the box follows the pointer to the second.
    if (!dragged && !this.clicked) {
      this.clicked = true;
      this.move(press);
      return;
    }
    this.drop();
    this.made(rect);
  }

  abort(): void {
    // A second finger moves the view; a corner that was clicked before it stays.
    if (this.clicked) this.pressed = false;
    else this.drop();
  }

  private drop(): void {
    this.corner = null;
    this.pressed = false;
    this.clicked = false;
    this.draft = null;
    this.desk.refresh();
  }

  cancel(): boolean {
    const busy = this.corner !== null;
    if (busy) this.drop();
    return busy;
  }

  finish(): boolean {
    const rect = this.draft?.kind === "rect" ? this.draft.rect : null;
    if (!rect) return false;
    this.drop();
    this.made(rect);
    return true;
  }

  back(): boolean {
    return this.cancel();
  }

  cursor(): string {
    return "crosshair";
  }
}

export function addBox(desk: Desk, rect: Rect): boolean {
  const { editor, say, leastSide } = desk;
  if (Math.min(rect.width, rect.height) < Math.max(1, leastSide)) {
    say(textOf(messages).tooSmall);
    return false;
  }
  const { label, shapes } = editor.getState();
  add(editor, { id: newId(), kind: "box", label, ...rect });
  say(textOf(messages).added(desk.titleOf(label), shapes.length + 1));
  return true;
}
