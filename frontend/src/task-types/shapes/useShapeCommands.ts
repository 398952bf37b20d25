// The keys of the canvas, as FRONTEND's keymap has them: digits choose labels, letters tools.
import { leaveCanvas } from "@/canvas/CanvasView";
import type { Command } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { ARROWS, aimCommands } from "./aimCommands";
import type { Board } from "./board";
import { messages } from "./messages";

type Text = typeof messages.english;

export function useShapeCommands(board: Board, submit: (at: number) => void): void {
  const t = useMessages(messages);
  useCommands(shapeCommands(board, submit, t));
}

export function shapeCommands(board: Board, submit: (at: number) => void, t: Text): Command[] {
  return [
    ...labelCommands(board, t),
    ...toolCommands(board, t),
    ...aimCommands(board, t),
    ...stepCommands(board, submit, t),
    ...shapeChanges(board, t),
    ...(board.drawing === "keypoints" ? pointCommands(board, t) : []),
    ...(board.drawing === "box" ? [] : cornerCommands(board, t)),
    ...arrowCommands(board, t),
    ...viewCommands(board, t),
  ];
}

const answer = { scope: "answer" } as const;

function labelCommands(board: Board, t: Text): Command[] {
  const family = { label: t.setLabels, keys: "1 … 9" };
  return board.schema.inUse
    .filter((label) => label.key !== null)
    .map((label) => ({
      ...answer,
      id: `shapes.label.${label.name}`,
      label: t.setLabel(label.title),
      keys: [label.key as string],
      family,
      run: () => board.setLabel(label.name),
    }));
}

function toolCommands(board: Board, t: Text): Command[] {
  const key = { box: "B", polygon: "P", keypoints: "K" }[board.drawing];
  return [
    {
      ...answer,
      id: "shapes.select",
      label: t.select,
      keys: ["V"],
      run: () => board.takeTool("select"),
    },
    {
      ...answer,
      id: `shapes.${board.drawing}`,
      label: t[board.drawing],
      keys: [key],
      run: () => board.takeTool(board.drawing),
    },
    {
      ...answer,
      id: "shapes.new",
      label: t.newShape,
      keys: ["N"],
      run: () => board.making.create(),
    },
  ];
}

function stepCommands(board: Board, submit: (at: number) => void, t: Text): Command[] {
  return [
    {
      ...answer,
      id: "shapes.submit",
      label: t.submitAnswer,
      keys: ["Mod+Enter"],
      whileTyping: true,
      run: (event) => submit(event?.timeStamp ?? performance.now()),
    },
    {
      ...answer,
      id: "shapes.undo",
      label: t.undo,
      keys: ["Mod+Z"],
      enabled: () => board.canUndo,
      run: () => board.undo(),
    },
    {
      ...answer,
      id: "shapes.redo",
      label: t.redo,
      keys: ["Mod+Shift+Z", "Mod+Y"],
      enabled: () => board.editor.getState().future.length > 0,
      run: () => board.redo(),
    },
    {
      ...answer,
      id: "shapes.cancel",
      label: t.cancel,
      keys: ["Escape"],
      enabled: () => canCancel(board),
      run: () => {
        // At last it lets go of the canvas, so that Tab leads on.
        if (!board.engine?.cancel()) leaveCanvas();
      },
    },
    {
      ...answer,
      id: "shapes.finish",
      label: t.finish,
      keys: ["Enter"],
      run: () => {
        if (!board.engine?.tool.finish() && isProposal(board)) board.take();
      },
    },
  ];
}

function canCancel({ engine, editor }: Board): boolean {
  const { selected, placing } = editor.getState();
  const drawing = engine?.tool.draft != null || engine?.aim.at != null || placing !== null;
  const focused = document.activeElement?.closest("[data-canvas-focus]") != null;
  return drawing || selected !== null || focused;
}

function isProposal({ selected, proposals }: Board): boolean {
  return selected !== undefined && proposals.includes(selected);
}

function shapeChanges(board: Board, t: Text): Command[] {
  const some = { ...answer, enabled: () => board.selected !== undefined };
  const own = { ...answer, enabled: () => board.own !== undefined };
  return [
    {
      ...answer,
      id: "shapes.delete",
      label: t.delete,
      keys: ["Backspace", "Delete"],
      run: () => board.delete(),
    },
    {
      ...some,
      id: "shapes.duplicate",
      label: t.duplicate,
      keys: ["Mod+D"],
      run: () => board.making.duplicate(),
    },
    { ...some, id: "shapes.copy", label: t.copy, keys: ["Mod+C"], run: () => board.making.copy() },
    {
      ...answer,
      id: "shapes.paste",
      label: t.paste,
      keys: ["Mod+V"],
      enabled: () => board.making.canPaste,
      run: () => board.making.paste(),
    },
    { ...some, id: "shapes.hide", label: t.hide, keys: ["H"], run: () => board.toggleHidden() },
    {
      ...answer,
      id: "shapes.hide-all",
      label: t.hideAll,
      keys: ["Shift+H"],
      run: () => board.toggleAllHidden(),
    },
    { ...some, id: "shapes.lock", label: t.lock, keys: ["L"], run: () => board.toggleLocked() },
    {
      ...own,
      id: "shapes.forward",
      label: t.forward,
      keys: ["PageUp"],
      run: () => board.reorder(1),
    },
    {
      ...own,
      id: "shapes.backward",
      label: t.backward,
      keys: ["PageDown"],
      run: () => board.reorder(-1),
    },
    {
      ...answer,
      id: "shapes.accept",
      label: t.accept,
      keys: ["A"],
      enabled: () => board.proposals.length > 0,
      run: () => board.take(),
    },
    {
      scope: "canvas",
      id: "shapes.next",
      label: t.nextShape,
      keys: ["Tab"],
      repeat: true,
      enabled: () => hasShapes(board),
      run: () => board.selectNext(1),
    },
    {
      scope: "canvas",
      id: "shapes.previous",
      label: t.previousShape,
      keys: ["Shift+Tab"],
      repeat: true,
      enabled: () => hasShapes(board),
      run: () => board.selectNext(-1),
    },
  ];
}

function hasShapes({ editor, proposals }: Board): boolean {
  return editor.getState().shapes.length > 0 || proposals.length > 0;
}

function cornerCommands(board: Board, t: Text): Command[] {
  const own = { ...answer, repeat: true, enabled: () => board.own !== undefined };
  const insert: Command = {
    ...answer,
    id: "shapes.insert",
    label: t.insertCorner,
    keys: ["I"],
    enabled: () => board.own?.kind === "polygon",
    run: () => board.points.insertCorner(),
  };
  return [
    {
      ...own,
      id: "shapes.point.next",
      label: t.nextPoint,
      keys: ["."],
      run: () => board.points.stepPoint(1),
    },
    {
      ...own,
      id: "shapes.point.previous",
      label: t.previousPoint,
      keys: [","],
      run: () => board.points.stepPoint(-1),
    },
    ...(board.drawing === "polygon" ? [insert] : []),
  ];
}

function pointCommands(board: Board, t: Text): Command[] {
  const own = { ...answer, enabled: () => board.points.ownInstance !== undefined };
  return [
    {
      ...own,
      id: "shapes.occluded",
      label: t.occluded,
      keys: ["O"],
      run: () => board.points.toggleOccluded(),
    },
    { ...own, id: "shapes.absent", label: t.absent, keys: ["X"], run: () => board.points.absent() },
    {
      ...own,
      id: "shapes.swap",
      label: t.swapNames,
      keys: ["M"],
      run: () => board.points.swapNames(),
    },
    {
      ...own,
      id: "shapes.mirror",
      label: t.mirror,
      keys: ["Shift+M"],
      run: () => board.points.mirror(),
    },
  ];
}

function arrowCommands(board: Board, t: Text): Command[] {
  const ways = [
    { id: "move", keys: "", far: 1, label: t.move, shown: t.arrows },
    { id: "move-far", keys: "Shift+", far: 10, label: t.moveFar, shown: t.shiftArrows },
    { id: "resize", keys: "Alt+", far: 1, label: t.resize, shown: t.altArrows },
    { id: "resize-far", keys: "Alt+Shift+", far: 10, label: t.resizeFar, shown: t.altShiftArrows },
  ];
  return ways.flatMap(({ id, keys, far, label, shown }) =>
    Object.entries(ARROWS).map(([arrow, [x, y]]) => ({
      ...answer,
      id: `shapes.${id}.${arrow}`,
      label: `${label} ${arrow.slice(5)}`,
      keys: [`${keys}${arrow}`],
      family: { label, keys: shown },
      repeat: true,
      enabled: () => board.own !== undefined,
      run: () => {
        const by = { x: x * far, y: y * far };
        if (id.startsWith("move")) board.nudge(by);
        else board.resize(by);
      },
    })),
  );
}

function viewCommands(board: Board, t: Text): Command[] {
  return [
    { ...answer, id: "view.fit", label: t.fit, keys: ["0"], run: () => board.engine?.fit() },
    {
      ...answer,
      id: "view.in",
      label: t.zoomIn,
      keys: ["+", "="],
      repeat: true,
      run: () => board.engine?.zoomBy(1.25),
    },
    {
      ...answer,
      id: "view.out",
      label: t.zoomOut,
      keys: ["-"],
      repeat: true,
      run: () => board.engine?.zoomBy(0.8),
    },
    {
      ...answer,
      id: "view.shape",
      label: t.zoomShape,
      keys: ["Z"],
      enabled: () => board.selected !== undefined,
      run: () => board.engine?.zoomToSelected(),
    },
    {
      ...answer,
      id: "view.pan",
      label: t.pan,
      keys: ["Space"],
      run: () => board.engine?.holdPan(true),
      release: () => board.engine?.holdPan(false),
    },
  ];
}
