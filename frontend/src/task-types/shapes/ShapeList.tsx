// One row for each shape. The arrow keys go through the list, so that it is one stop for Tab.
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { select } from "@/canvas/editor";
import type { Shape } from "@/canvas/shapes";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import type { Board } from "./board";
import { messages } from "./messages";
import parts from "./parts.module.css";
import classes from "./ShapeList.module.css";

interface ShapeListProps {
  board: Board;
  shapes: readonly Shape[];
  /** Of a model, not taken yet. */
  proposals: readonly Shape[];
}

/** Made anew for its own reasons alone: with a thousand shapes that is a thousand rows. */
export const ShapeList = memo(function ShapeList({ board, shapes, proposals }: ShapeListProps) {
  const t = useMessages(messages);
  const list = useRef<HTMLUListElement>(null);
  const selected = useStore(board.editor, (state) => state.selected);
  const hidden = useStore(board.editor, (state) => state.hidden);
  const locked = useStore(board.editor, (state) => state.locked);
  const stop = selected ?? shapes[0]?.id ?? proposals[0]?.id;
  useEffect(() => {
    if (selected === null) return;
    const row = list.current?.querySelector(`[data-shape="${selected}"]`);
    row?.scrollIntoView?.({ block: "nearest" });
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    board.selectNext(step as 1 | -1);
    const now = board.editor.getState().selected;
    list.current?.querySelector<HTMLElement>(`[data-shape="${now}"]`)?.focus();
  };
  const rows = (of: readonly Shape[], first: number, proposed: boolean) =>
    partsOf(of).map((part, at) => (
      <Rows
        // biome-ignore lint/suspicious/noArrayIndexKey: a part has no name but its place
        key={at}
        board={board}
        shapes={part}
        first={first + at * PART}
        proposed={proposed}
        selected={nameIn(part, selected)}
        stop={nameIn(part, stop)}
        hidden={hidden}
        locked={locked}
      />
    ));
  return (
    <ul className={classes.list} aria-label={t.list} ref={list} onKeyDown={onKeyDown}>
      {rows(shapes, 0, false)}
      {rows(proposals, shapes.length, true)}
    </ul>
  );
});

/** Rows that are made anew together: a step changes one shape, so the others need not be asked. */
const PART = 50;

function partsOf(shapes: readonly Shape[]): (readonly Shape[])[] {
  const count = Math.ceil(shapes.length / PART);
  return Array.from({ length: count }, (_, at) => shapes.slice(at * PART, (at + 1) * PART));
}

function nameIn(shapes: readonly Shape[], id: string | null | undefined): string | null {
  return shapes.some((shape) => shape.id === id) ? (id ?? null) : null;
}

interface RowsProps {
  board: Board;
  shapes: readonly Shape[];
  /** How many rows come before. */
  first: number;
  proposed: boolean;
  selected: string | null;
  stop: string | null;
  hidden: ReadonlySet<string>;
  locked: ReadonlySet<string>;
}

const Rows = memo(
  function Rows({ board, shapes, first, proposed, selected, stop, hidden, locked }: RowsProps) {
    return shapes.map((shape, at) => (
      <ShapeRow
        key={shape.id}
        board={board}
        shape={shape}
        number={first + at + 1}
        proposed={proposed}
        selected={shape.id === selected}
        stop={shape.id === stop}
        hidden={hidden.has(shape.id)}
        locked={locked.has(shape.id)}
      />
    ));
  },
  ({ shapes: before, ...was }, { shapes: now, ...is }) =>
    (Object.keys(is) as (keyof typeof is)[]).every((name) => was[name] === is[name]) &&
    before.length === now.length &&
    now.every((shape, at) => shape === before[at]),
);

interface ShapeRowProps {
  board: Board;
  shape: Shape;
  number: number;
  proposed: boolean;
  selected: boolean;
  stop: boolean;
  hidden: boolean;
  locked: boolean;
}

const ShapeRow = memo(function ShapeRow(props: ShapeRowProps) {
  const { board, shape, number, proposed, selected, stop, hidden, locked } = props;
  const t = useMessages(messages);
  const label = board.schema.labels.find((one) => one.name === shape.label);
  const color = { "--dot": label?.ink.color ?? "transparent" } as React.CSSProperties;
  return (
    <li className={classes.item} data-selected={selected || undefined}>
      <button
        type="button"
        className={parts.row}
        data-shape={shape.id}
        data-testid="shape"
        aria-current={selected || undefined}
        tabIndex={stop ? 0 : -1}
        onClick={() => select(board.editor, shape.id)}
      >
        <span className={classes.number}>{number}</span>
        <span
          className={parts.dot}
          data-dashed={proposed || label?.ink.dashed || undefined}
          style={color}
        />
        <span className={parts.name}>{label?.title ?? (shape.label || t.unnamed)}</span>
        <span className={parts.measure}>{measureOf(shape, t)}</span>
      </button>
      {proposed ? (
        <>
          <RowButton icon="check" name={t.take} run={() => board.take(shape.id)} shown />
          <RowButton icon="close" name={t.dismiss} run={() => board.dismiss(shape.id)} shown />
        </>
      ) : (
        <>
          <RowButton
            icon={hidden ? "eyeOff" : "eye"}
            name={hidden ? t.unhide : t.hide}
            run={() => board.toggleHidden(shape.id)}
            shown={hidden || selected}
          />
          <RowButton
            icon={locked ? "lock" : "unlock"}
            name={locked ? t.unlock : t.lock}
            run={() => board.toggleLocked(shape.id)}
            shown={locked || selected}
          />
        </>
      )}
    </li>
  );
});

interface RowButtonProps {
  icon: "check" | "close" | "eye" | "eyeOff" | "lock" | "unlock";
  name: string;
  run: () => void;
  shown: boolean;
}

function RowButton({ icon, name, run, shown }: RowButtonProps) {
  if (!shown) return null;
  return (
    <button type="button" className={parts.mini} aria-label={name} title={name} onClick={run}>
      <Icon name={icon} size={14} />
    </button>
  );
}

function measureOf(shape: Shape, t: typeof messages.english): string {
  if (shape.kind === "box") return t.size(formatNumber(shape.width), formatNumber(shape.height));
  if (shape.kind === "polygon") return t.corners(shape.points.length);
  const placed = shape.points.filter((point) => point !== null).length;
  return t.pointsOf(placed, shape.points.length);
}
