// Drawing without a pointer: a cross that the arrows move, and Enter presses where it stands.
import type { Point } from "@/canvas/geometry";
import type { Command } from "@/commands/registry";
import { announce } from "@/ui/announce";
import type { Board } from "./board";
import type { messages } from "./messages";

export const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const answer = { scope: "answer" } as const;

/** To stand before what else the arrows and Enter mean: while one aims they mean the cross. */
export function aimCommands(board: Board, t: typeof messages.english): Command[] {
  const aiming = () => board.engine?.aim.at != null;
  const sayPlace = (at: Point | null | undefined) =>
    at && announce(t.saidPlace(String(at.x), String(at.y)));
  const ways = [
    { id: "move", keys: "", far: 1, shown: t.arrows, label: t.aimMove },
    { id: "move-far", keys: "Shift+", far: 10, shown: t.shiftArrows, label: t.aimMoveFar },
  ];
  const moves = ways.flatMap(({ id, keys, far, shown, label }) =>
    Object.entries(ARROWS).map(([arrow, [x, y]]) => ({
      ...answer,
      id: `shapes.aim.${id}.${arrow}`,
      label: `${label} ${arrow.slice(5)}`,
      keys: [`${keys}${arrow}`],
      family: { label, keys: shown },
      repeat: true,
      enabled: aiming,
      run: () => sayPlace(board.engine?.aim.move({ x: x * far, y: y * far })),
    })),
  );
  return [
    {
      ...answer,
      id: "shapes.aim",
      label: t.aim,
      keys: ["C"],
      run: () => {
        if (board.engine?.aim.stop()) return;
        board.engine?.aim.start();
        announce(t.saidAim);
      },
    },
    {
      ...answer,
      id: "shapes.aim.press",
      label: t.aimPress,
      keys: ["Enter", "Shift+Enter"],
      enabled: aiming,
      run: (event) => board.engine?.aim.click(event?.shiftKey ?? false),
    },
    ...moves,
  ];
}
