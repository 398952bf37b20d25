import { beforeEach, describe, expect, test, vi } from "vitest";
import { createEditor } from "./editor";
import { CanvasEngine } from "./engine";
import type { BoxShape } from "./shapes";

// jsdom does not paint: a context that takes everything, and a surface 800 by 600.
const quiet = new Proxy({ measureText: () => ({ width: 10 }) } as object, {
  get: (target, name) => Reflect.get(target, name) ?? (() => {}),
  set: () => true,
});

let overlay: HTMLCanvasElement;
let engine: CanvasEngine;
let said: string[];

beforeEach(() => {
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(quiet as never);
  overlay = document.createElement("canvas");
  const place = { left: 100, top: 50, width: 800, height: 600 };
  vi.spyOn(overlay, "getBoundingClientRect").mockReturnValue(place as DOMRect);
  said = [];
  const editor = createEditor({ tool: "box", label: "word" });
  engine = new CanvasEngine({
    base: document.createElement("canvas"),
    overlay,
    editor,
    say: (text) => said.push(text),
  });
  engine.show(new Image(), { width: 1600, height: 1200 });
});

/** In CSS pixels of the page. */
function pointer(type: string, x: number, y: number, part: Record<string, unknown> = {}): void {
  const event = new MouseEvent(type, { clientX: x, clientY: y, ...part });
  const { pointerId = 1, pointerType = "mouse" } = part;
  overlay.dispatchEvent(Object.assign(event, { pointerId, pointerType }));
}

function wheel(x: number, y: number, part: WheelEventInit): void {
  overlay.dispatchEvent(new WheelEvent("wheel", { clientX: x, clientY: y, ...part }));
}

function imagePoint(x: number, y: number) {
  return engine.pressAt({ clientX: x, clientY: y } as MouseEvent).point;
}

const rects = () =>
  engine.editor.getState().shapes.map((shape) => {
    const { x, y, width, height } = shape as BoxShape;
    return [x, y, width, height];
  });

function drawn(from: [number, number], to: [number, number]): void {
  pointer("pointermove", ...from);
  pointer("pointerdown", ...from);
  pointer("pointermove", ...to);
  pointer("pointerup", ...to);
}

test.each([0.3, 1, 4])("a box drawn at zoom %f has its exact image pixels", (scale) => {
  engine.zoomTo(scale, { x: 0, y: 0 });
  const from = imagePoint(300, 200);
  const to = imagePoint(420, 320);
  drawn([300, 200], [420, 320]);
  const [x, y] = [Math.round(from.x), Math.round(from.y)];
  expect(rects()).toEqual([[x, y, Math.round(to.x) - x, Math.round(to.y) - y]]);
  expect(to.x - from.x).toBeCloseTo(120 / scale, 6);
});

test("the wheel zooms at the pointer, sideways with Shift", () => {
  const before = imagePoint(333, 222);
  wheel(333, 222, { deltaY: -500 });
  expect(imagePoint(333, 222).x).toBeCloseTo(before.x, 6);
  expect(imagePoint(333, 222).y).toBeCloseTo(before.y, 6);
  const { scale } = engine;
  wheel(333, 222, { deltaY: 40, shiftKey: true });
  expect(engine.scale).toBe(scale);
  expect(imagePoint(333, 222).x).toBeCloseTo(before.x + 40 / scale, 6);
});

test("the middle button moves the view and draws nothing", () => {
  engine.zoomTo(1);
  const before = imagePoint(400, 300);
  pointer("pointerdown", 400, 300, { button: 1 });
  pointer("pointermove", 430, 320);
  pointer("pointerup", 430, 320, { button: 1 });
  expect(imagePoint(430, 320)).toEqual(before);
  expect(rects()).toEqual([]);
});

test("two fingers zoom and move the view; what lies between them stays there", () => {
  const touch = { pointerType: "touch" };
  pointer("pointerdown", 400, 300, { ...touch, pointerId: 1 });
  pointer("pointerdown", 500, 300, { ...touch, pointerId: 2 });
  const between = imagePoint(450, 300);
  const { scale } = engine;
  pointer("pointermove", 350, 320, { ...touch, pointerId: 1 });
  pointer("pointermove", 550, 320, { ...touch, pointerId: 2 });
  pointer("pointerup", 350, 320, { ...touch, pointerId: 1 });
  pointer("pointerup", 550, 320, { ...touch, pointerId: 2 });
  expect(engine.scale).toBeCloseTo(scale * 2, 6);
  expect(imagePoint(450, 320).x).toBeCloseTo(between.x, 4);
  expect(imagePoint(450, 320).y).toBeCloseTo(between.y, 4);
  expect(rects()).toEqual([]);
});

test("a finger that remains after a pinch draws nothing", () => {
  const touch = { pointerType: "touch" };
  pointer("pointerdown", 400, 300, { ...touch, pointerId: 1 });
  pointer("pointerdown", 500, 300, { ...touch, pointerId: 2 });
  pointer("pointerup", 500, 300, { ...touch, pointerId: 2 });
  pointer("pointermove", 450, 380, { ...touch, pointerId: 1 });
  pointer("pointerup", 450, 380, { ...touch, pointerId: 1 });
  expect(rects()).toEqual([]);
});

test("what is half drawn does not go on to the next image", () => {
  pointer("pointerdown", 300, 200);
  pointer("pointerup", 300, 200);
  expect(engine.tool.draft).not.toBeNull();
  engine.show(new Image(), { width: 1600, height: 1200 });
  expect(engine.tool.draft).toBeNull();
  pointer("pointermove", 500, 400);
  expect(engine.tool.draft).toBeNull();
});

test("nothing is drawn while the next image is on its way", () => {
  engine.clear();
  drawn([300, 200], [420, 320]);
  expect(rects()).toEqual([]);
});

test("a zoom by hand stays for the next image, a fitted view is fitted again", () => {
  engine.zoomTo(2);
  engine.show(new Image(), { width: 3200, height: 2400 });
  expect(engine.scale).toBe(2);
  engine.fit();
  engine.show(new Image(), { width: 1600, height: 1200 });
  expect(engine.scale).toBeCloseTo((600 - 32) / 1200, 6);
});

test("the secondary button draws nothing", () => {
  pointer("pointerdown", 300, 200, { button: 2 });
  pointer("pointermove", 400, 300);
  pointer("pointerup", 400, 300, { button: 2 });
  expect(rects()).toEqual([]);
});

describe("without a pointer", () => {
  const corner = () => engine.aim.at ?? { x: 0, y: 0 };

  test("a box is drawn between two places of the cross", () => {
    engine.zoomTo(1);
    engine.aim.start();
    const from = corner();
    engine.aim.click(false);
    engine.aim.move({ x: 30, y: 0 });
    engine.aim.move({ x: 0, y: 20 });
    engine.aim.click(false);
    expect(rects()).toEqual([[from.x, from.y, 30, 20]]);
    expect(engine.cancel()).toBe(true);
    expect(engine.aim.at).toBeNull();
    expect(engine.editor.getState().selected).not.toBeNull();
  });

  test("a step is a pixel of the screen where that is more than one of the image", () => {
    engine.zoomTo(0.25);
    engine.aim.start();
    const { x } = corner();
    engine.aim.move({ x: 3, y: 0 });
    expect(corner().x).toBe(x + 12);
  });

  test("the cross stays on the image and in sight", () => {
    engine.zoomTo(4);
    engine.aim.start();
    engine.aim.move({ x: 5000, y: -5000 });
    expect(corner()).toEqual({ x: 1600, y: 0 });
    const { sight } = engine;
    expect(sight.x + sight.width).toBeGreaterThan(1600);
    expect(sight.y).toBeLessThan(0);
  });

  test("the mouse takes over, and the next image has the cross in its middle", () => {
    engine.aim.start();
    engine.aim.move({ x: 5, y: 5 });
    engine.show(new Image(), { width: 800, height: 600 });
    expect(corner()).toEqual({ x: 400, y: 300 });
    pointer("pointerdown", 300, 200);
    expect(engine.aim.at).toBeNull();
  });
});
