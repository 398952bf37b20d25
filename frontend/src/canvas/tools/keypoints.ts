// Named points: click by click in the skeleton's order, or all at once as the mean shape in a box
// that is dragged, to be pulled into place.
import { textOf } from "@/i18n/messages";
import { add, placedBefore, replace, select, selectedShape } from "../editor";
import { onImage, type Rect } from "../geometry";
import { hitHandle } from "../hit";
import { messages } from "../messages";
import { type InstanceShape, newId, withPlaced, withPoint } from "../shapes";
import { placedMean } from "../skeletons";
import { type Desk, DRAG, type Draft, type Press, type Tool, tolerance } from "./base";
import { BoxTool } from "./box";

export class KeypointsTool implements Tool {
  private readonly frame: BoxTool;
  private from: Press | null = null;
  private pulling: { shape: InstanceShape; at: number } | null = null;
  private pulled: InstanceShape | null = null;

  constructor(private readonly desk: Desk) {
    this.frame = new BoxTool(desk, (rect) => this.placeMean(rect));
  }

  get draft(): Draft | null {
    return this.pulled ? { kind: "shape", shape: this.pulled } : this.frame.draft;
  }

  down(press: Press): void {
    const { editor, skeleton } = this.desk;
    this.from = press;
    const shape = selectedShape(editor);
    const { locked, shapes, placing } = editor.getState();
    if (shape?.kind === "keypoints" && shapes.includes(shape) && !locked.has(shape.id)) {
      const handle = hitHandle(shape, press.point, tolerance(this.desk, press));
      if (handle?.kind === "point") {
        this.pulling = { shape, at: handle.at };
        return;
      }
    }
    // A drag frames a mean shape, unless points are being placed one by one.
    if (skeleton?.mean && !placing) this.frame.down(press);
  }

  private isDrag(press: Press): boolean {
    const { from } = this;
    if (!from) return false;
    const far = Math.hypot(press.point.x - from.point.x, press.point.y - from.point.y);
    return far * this.desk.scale >= DRAG;
  }

  move(press: Press): void {
    if (this.pulling && (this.pulled || this.isDrag(press))) {
      const { shape, at } = this.pulling;
      this.pulled = withPoint(shape, at, press.point, this.desk.image) as InstanceShape;
      this.desk.refresh();
    } else if (!this.pulling && this.isDrag(press)) this.frame.move(press);
  }

  up(press: Press): void {
    const { editor } = this.desk;
    const { from, pulling } = this;
    if (!from) return;
    this.move(press);
    const done = this.pulled;
    const dragged = this.isDrag(press);
    if (dragged && this.frame.draft) {
      this.from = null;
      this.frame.finish();
      return;
    }
    this.abort();
    if (done && pulling) {
      replace(editor, done, { point: pulling.at });
      this.desk.say(textOf(messages).moved);
    } else if (pulling && !editor.getState().placing) select(editor, pulling.shape.id, pulling.at);
    else this.place(press);
  }

  /** The next point of the shape that is being placed, or the first one of a new shape. */
  private place(press: Press): void {
    const { editor, image, skeleton } = this.desk;
    if (!skeleton) return;
    const { placing, shapes, label } = editor.getState();
    const point = { ...onImage(press.point, image, 0.1), occluded: press.shift };
    const open = shapes.find((one) => one.id === placing?.id);
    if (placing && open?.kind === "keypoints") {
      const shape = withPlaced(open, placing.at, point);
      replace(editor, shape, { point: placing.at });
      this.goOn(shape, placing.at);
      return;
    }
    const points = skeleton.names.map((_, at) => (at === 0 ? point : null));
    const shape: InstanceShape = { id: newId(), kind: "keypoints", label, points };
    add(editor, shape, { point: 0 });
    this.goOn(shape, 0);
  }

  /** The point after this one is marked absent, and the one after that is placed next. */
  skip(): boolean {
    const { editor } = this.desk;
    const { placing, shapes } = editor.getState();
    const shape = shapes.find((one) => one.id === placing?.id);
    if (!placing || shape?.kind !== "keypoints") return false;
    this.goOn(shape, placing.at);
    return true;
  }

  private goOn(shape: InstanceShape, after: number): void {
    const { editor, skeleton, say, titleOf } = this.desk;
    const at = shape.points.findIndex((point, place) => place > after && point === null);
    editor.setState({ placing: at === -1 ? null : { id: shape.id, at } });
    const t = textOf(messages);
    const title = skeleton?.titles[at];
    if (title) say(t.next(title, at + 1, shape.points.length));
    else say(t.complete(titleOf(shape.label)));
  }

  /** All points at once as they lie on the mean shape. */
  placeMean(rect: Rect): boolean {
    const { editor, skeleton, image, say, titleOf } = this.desk;
    if (Math.min(rect.width, rect.height) < 2) return false;
    const points = skeleton && placedMean(skeleton, rect, image);
    if (!points) return false;
    const { label, shapes } = editor.getState();
    add(editor, { id: newId(), kind: "keypoints", label, points }, { placing: null });
    say(textOf(messages).added(titleOf(label), shapes.length + 1));
    return true;
  }

  abort(): void {
    this.from = null;
    this.pulling = null;
    this.pulled = null;
    this.frame.abort();
  }

  cancel(): boolean {
    const { editor } = this.desk;
    const busy = this.pulled !== null || this.frame.draft !== null;
    this.abort();
    if (busy) return true;
    // The points so far stay; the rest is absent until somebody places it.
    if (!editor.getState().placing) return false;
    editor.setState({ placing: null });
    return true;
  }

  finish(): boolean {
    return this.cancel();
  }

  /** Takes back the point that was placed last. */
  back(): boolean {
    const { editor } = this.desk;
    const { placing, shapes, point } = editor.getState();
    const shape = shapes.find((one) => one.id === placing?.id);
    if (!placing || shape?.kind !== "keypoints" || point === null) return false;
    const less = withPlaced(shape, point, null);
    if (less.points.every((one) => one === null)) return false;
    const again = { id: shape.id, at: point };
    replace(editor, less, { placing: again, point: placedBefore(less, point) });
    return true;
  }

  cursor(press: Press): string {
    const shape = selectedShape(this.desk.editor);
    const near = tolerance(this.desk, press);
    const over = shape?.kind === "keypoints" && hitHandle(shape, press.point, near);
    return over ? "grab" : "crosshair";
  }
}
