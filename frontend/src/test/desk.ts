// A desk for the drawing tools without a screen, and a hand that presses on it in image pixels.
import { createEditor, type EditorState } from "@/canvas/editor";
import type { Size } from "@/canvas/geometry";
import type { Skeleton } from "@/canvas/skeletons";
import type { Desk, Press, Tool } from "@/canvas/tools/base";

export interface TestDesk extends Desk {
  image: Size;
  scale: number;
  skeleton: Skeleton | null;
  leastSide: number;
  readonly said: string[];
  readonly pans: [number, number][];
}

export function makeDesk(start: Partial<EditorState> = {}): TestDesk {
  const said: string[] = [];
  const pans: [number, number][] = [];
  return {
    editor: createEditor({ label: "word", ...start }),
    image: { width: 200, height: 100 },
    scale: 1,
    skeleton: null,
    leastSide: 0,
    readOnly: false,
    titleOf: (label) => label,
    say: (text) => said.push(text),
    refresh: () => {},
    pan: (dx, dy) => pans.push([dx, dy]),
    said,
    pans,
  };
}

export function press(x: number, y: number, part: Partial<Press> = {}): Press {
  return { point: { x, y }, shift: false, alt: false, mod: false, touch: false, ...part };
}

export function click(tool: Tool, x: number, y: number, part: Partial<Press> = {}): void {
  tool.move(press(x, y, part));
  tool.down(press(x, y, part));
  tool.up(press(x, y, part));
}

export function drag(tool: Tool, from: [number, number], to: [number, number]): void {
  tool.down(press(...from));
  tool.move(press((from[0] + to[0]) / 2, (from[1] + to[1]) / 2));
  tool.move(press(...to));
  tool.up(press(...to));
}
