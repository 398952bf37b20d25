// Mouse, pen, touch and wheel: one pointer goes to the tool, two fingers or the middle button move
// the view, the wheel zooms at the pointer.
import type { CanvasEngine } from "./engine";
import { distance, middle, type Point } from "./geometry";

/** Zoom for one notch of a mouse wheel (deltaY 100). */
const WHEEL = 0.0018;
const LINE = 16;

export function listenToPointers(engine: CanvasEngine, surface: HTMLElement): () => void {
  const down = new Map<number, Point>();
  let panFrom: Point | null = null;
  let busy = false;

  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const onDown = (event: PointerEvent) => {
    if (event.button > 1 || !engine.ready) return;
    surface.setPointerCapture?.(event.pointerId);
    engine.aim.stop();
    const place = placeOf(event);
    down.set(event.pointerId, place);
    if (down.size > 1) {
      if (busy) engine.tool.abort();
      busy = false;
      panFrom = null;
    } else if (event.button === 1 || engine.isPanning) {
      event.preventDefault();
      panFrom = place;
    } else {
      busy = true;
      engine.tool.down(engine.pressAt(event));
    }
  };

  const onMove = (event: PointerEvent) => {
    if (!engine.ready) return;
    const place = placeOf(event);
    const before = down.get(event.pointerId);
    if (down.size === 2 && before) {
      pinch(engine, down, event.pointerId, place);
      return;
    }
    if (before) down.set(event.pointerId, place);
    if (panFrom) {
      engine.pan(place.x - panFrom.x, place.y - panFrom.y);
      panFrom = place;
      return;
    }
    const press = engine.pressAt(event);
    // A tool also follows the pointer between two clicks.
    if (busy || down.size === 0) engine.tool.move(press);
    engine.hoverAt(press);
  };

  const onUp = (event: PointerEvent) => {
    const known = down.delete(event.pointerId);
    if (panFrom) panFrom = null;
    else if (known && busy) {
      busy = false;
      engine.tool.up(engine.pressAt(event));
    }
  };

  const onCancel = (event: PointerEvent) => {
    down.delete(event.pointerId);
    panFrom = null;
    if (busy) engine.tool.abort();
    busy = false;
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    // With Shift some systems turn the wheel sideways themselves.
    if (event.shiftKey) engine.pan(-(dx || dy), 0);
    // A pinch on a touch pad arrives as a wheel with Ctrl, in finer steps.
    else engine.zoomBy(Math.exp(-dy * WHEEL * (event.ctrlKey ? 4 : 1)), placeOf(event));
  };

  const onLeave = () => engine.hoverAt(null);
  const quiet = (event: Event) => event.preventDefault();
  const listeners: [string, (event: never) => void][] = [
    ["pointerdown", onDown],
    ["pointermove", onMove],
    ["pointerup", onUp],
    ["pointercancel", onCancel],
    ["pointerleave", onLeave],
    ["contextmenu", quiet],
  ];
  for (const [type, listener] of listeners) {
    surface.addEventListener(type, listener as EventListener);
  }
  surface.addEventListener("wheel", onWheel, { passive: false });
  return () => {
    for (const [type, listener] of listeners) {
      surface.removeEventListener(type, listener as EventListener);
    }
    surface.removeEventListener("wheel", onWheel);
  };
}

/** Two fingers: what lies between them stays between them. */
function pinch(engine: CanvasEngine, down: Map<number, Point>, moved: number, place: Point): void {
  const [a, b] = [...down.values()] as [Point, Point];
  const [from, spread] = [middle(a, b), distance(a, b)];
  down.set(moved, place);
  const [c, d] = [...down.values()] as [Point, Point];
  const to = middle(c, d);
  engine.pan(to.x - from.x, to.y - from.y);
  if (spread > 0) engine.zoomBy(distance(c, d) / spread, to);
}
