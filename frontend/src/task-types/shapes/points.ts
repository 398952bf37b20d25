// What keys and buttons do to the corners of an outline and the points of a skeleton.
import { replace, select } from "@/canvas/editor";
import { middle, onImage, type Point } from "@/canvas/geometry";
import { type InstanceShape, withNewCorner, withPlaced } from "@/canvas/shapes";
import { mirrored, swapped } from "@/canvas/skeletons";
import { textOf } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { Board } from "./board";
import { messages } from "./messages";

export class Points {
  constructor(private readonly board: Board) {}

  /** The next or previous corner or point that is placed. */
  stepPoint(step: 1 | -1): void {
    const { own, editor } = this.board;
    if (!own || own.kind === "box") return;
    this.board.engine?.aim.stop();
    const { length } = own.points;
    let at = editor.getState().point ?? (step === 1 ? -1 : length);
    for (let tried = 0; tried < length; tried += 1) {
      at = (at + step + length) % length;
      if (own.points[at]) break;
    }
    select(editor, own.id, at);
    const title =
      own.kind === "keypoints" ? this.board.schema.skeleton?.titles[at] : String(at + 1);
    announce(title ?? "");
  }

  insertCorner(): void {
    const { own, editor } = this.board;
    if (own?.kind !== "polygon") return;
    const at = editor.getState().point ?? own.points.length - 1;
    const [from, to] = [own.points[at], own.points[(at + 1) % own.points.length]];
    if (!from || !to) return;
    const made = withNewCorner(
      own,
      at,
      onImage(middle(from, to), this.board.engine?.image ?? { width: 1e9, height: 1e9 }),
    );
    replace(editor, made, { point: at + 1 });
  }

  get ownInstance(): InstanceShape | undefined {
    const { own } = this.board;
    return own?.kind === "keypoints" ? own : undefined;
  }

  /** 2 visible, 1 hidden, 0 absent. */
  setVisibility(at: number, visibility: 0 | 1 | 2): void {
    const { ownInstance: shape } = this;
    const { editor } = this.board;
    const point = shape?.points[at];
    if (!shape || (!point && visibility !== 0)) {
      this.placeNext(at);
      return;
    }
    const next = visibility === 0 ? null : { ...(point as Point), occluded: visibility === 1 };
    replace(editor, withPlaced(shape, at, next), { point: visibility === 0 ? null : at });
    const title = this.board.schema.skeleton?.titles[at] ?? "";
    const state = [
      textOf(messages).stateAbsent,
      textOf(messages).stateHidden,
      textOf(messages).stateVisible,
    ][visibility];
    announce(`${title}: ${state}`);
  }

  toggleOccluded(): void {
    const { ownInstance: shape } = this;
    const at = this.board.editor.getState().point;
    const point = at === null ? null : shape?.points[at];
    if (at !== null && point) this.setVisibility(at, point.occluded ? 2 : 1);
  }

  /** While placing: this point is not there, on to the next one. */
  absent(): void {
    if (this.board.engine?.points.skip()) return;
    const { point } = this.board.editor.getState();
    if (point !== null && this.ownInstance) this.setVisibility(point, 0);
  }

  placeNext(at: number): void {
    const { ownInstance: shape } = this;
    if (!shape) return;
    this.board.takeTool("keypoints");
    this.board.editor.setState({ placing: { id: shape.id, at }, point: null });
    const title = this.board.schema.skeleton?.titles[at] ?? "";
    announce(textOf(messages).placingNext(title, at + 1, shape.points.length));
  }

  swapNames(): void {
    const { ownInstance: shape } = this;
    const { skeleton } = this.board.schema;
    if (!shape || !skeleton) return;
    replace(this.board.editor, swapped(shape, skeleton));
    announce(textOf(messages).saidSwapped);
  }

  mirror(): void {
    const { ownInstance: shape } = this;
    const { engine } = this.board;
    const { skeleton } = this.board.schema;
    if (!shape || !skeleton || !engine) return;
    replace(this.board.editor, mirrored(shape, skeleton, engine.image));
    announce(textOf(messages).saidMirrored);
  }
}
