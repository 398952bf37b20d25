// New shapes without the pointer: in the middle of what is seen, or copied from another one.
import { add } from "@/canvas/editor";
import type { CanvasEngine } from "@/canvas/engine";
import { onImage, type Rect } from "@/canvas/geometry";
import { copyOf, newId, type Shape } from "@/canvas/shapes";
import { addBox } from "@/canvas/tools/box";
import { textOf } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { Board } from "./board";
import { messages } from "./messages";

/** What was copied last; it can be pasted onto the next image too. */
let clipboard: Shape | null = null;

export class Making {
  constructor(private readonly board: Board) {}

  /** A new shape in the middle of what is seen, to be moved by keys. */
  create(): void {
    const { engine, editor, drawing } = this.board;
    if (!engine) return;
    const rect = this.middleRect(engine);
    if (drawing === "box") addBox(engine, rect);
    else if (drawing === "polygon") {
      const [x, y] = [rect.x + rect.width, rect.y + rect.height];
      const points = [
        { x: rect.x, y: rect.y },
        { x, y: rect.y },
        { x, y },
        { x: rect.x, y },
      ];
      add(editor, { id: newId(), kind: "polygon", label: editor.getState().label, points });
      announce(textOf(messages).saidNext(this.board.titleOf(editor.getState().label)));
    } else if (!engine.points.placeMean(rect)) this.createSpread(engine, rect);
    engine.tool.cancel();
  }

  private middleRect(engine: CanvasEngine): Rect {
    const { image, sight } = engine;
    const side = Math.max(4, Math.min(sight.width, sight.height, image.width, image.height) / 4);
    const centre = engine.centre();
    const from = onImage({ x: centre.x - side / 2, y: centre.y - side / 2 }, image);
    const to = onImage({ x: from.x + side, y: from.y + side }, image);
    return { x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y };
  }

  /** Points of which no mean shape is known yet lie on an ellipse at first. */
  private createSpread(engine: CanvasEngine, rect: Rect): void {
    const count = this.board.schema.skeleton?.names.length ?? 0;
    const points = Array.from({ length: count }, (_, at) => {
      const turn = (at / count) * 2 * Math.PI - Math.PI / 2;
      const x = rect.x + (rect.width / 2) * (1 + Math.cos(turn));
      const y = rect.y + (rect.height / 2) * (1 + Math.sin(turn));
      return { occluded: false, ...onImage({ x, y }, engine.image, 0.1) };
    });
    const { label } = this.board.editor.getState();
    add(this.board.editor, { id: newId(), kind: "keypoints", label, points }, { placing: null });
    announce(textOf(messages).saidNext(this.board.titleOf(label)));
  }

  copy(): void {
    clipboard = this.board.selected ?? clipboard;
    if (this.board.selected) announce(textOf(messages).saidCopied);
  }

  get canPaste(): boolean {
    const points = this.board.schema.skeleton?.names.length;
    const kind = this.board.drawing === "keypoints" ? "keypoints" : this.board.drawing;
    if (clipboard?.kind !== kind) return false;
    return clipboard.kind !== "keypoints" || clipboard.points.length === points;
  }

  /** In its place on another image; a little aside where it would hide the one it came from. */
  paste(shape = clipboard): void {
    const { engine, editor } = this.board;
    if (!engine || !shape) return;
    const { shapes } = editor.getState();
    const aside = shapes.some((one) => one.id === shape.id) ? Math.ceil(12 / engine.scale) : 0;
    const label = this.board.schema.inUse.some((one) => one.name === shape.label)
      ? shape.label
      : editor.getState().label;
    const copy = { ...copyOf(shape, aside, engine.image), label };
    add(editor, copy);
    if (clipboard?.id === shape.id) clipboard = copy;
    announce(textOf(messages).saidPasted);
  }

  duplicate(): void {
    if (this.board.selected) this.paste(this.board.selected);
  }
}
