// One row for each shape. The arrow keys go through the list, so that it is one stop for Tab.
import { type KeyboardEvent, memo, useEffect, useRef } from "react";
import { useStore } from "zustand";
import { select } from "@/canvas/editor";
import type { Shape } from "@/canvas/shapes";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import type { Board } from "./board";
import { messages } from "./messages";
import classes from "./shapes.module.css";

interface ShapeListProps {
  board: Board;
  shapes: readonly Shape[];
}

export function ShapeList({ board, shapes }: ShapeListProps) {
  const t = useMessages(messages);
  const list = useRef<HTMLUListElement>(null);
  const { selected, hidden, locked } = useStore(board.editor);
  const proposals = board.proposals;
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
  const row = (shape: Shape, at: number, proposed: boolean) => (
    <ShapeRow
      key={shape.id}
      board={board}
      shape={shape}
      number={at + 1}
      proposed={proposed}
      selected={shape.id === selected}
      stop={shape.id === stop}
      hidden={hidden.has(shape.id)}
      locked={locked.has(shape.id)}
    />
  );
  return (
    <ul className={classes.list} aria-label={t.list} ref={list} onKeyDown={onKeyDown}>
      {shapes.map((shape, at) => row(shape, at, false))}
      {proposals.map((shape, at) => row(shape, shapes.length + at, true))}
    </ul>
  );
}

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
        className={classes.row}
        data-shape={shape.id}
        data-testid="shape"
        aria-current={selected || undefined}
        tabIndex={stop ? 0 : -1}
        onClick={() => select(board.editor, shape.id)}
      >
        <span className={classes.number}>{number}</span>
        <span
          className={classes.dot}
          data-dashed={proposed || label?.ink.dashed || undefined}
          style={color}
        />
        <span className={classes.name}>{label?.title ?? (shape.label || t.unnamed)}</span>
        <span className={classes.measure}>{measureOf(shape, t)}</span>
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
    <button type="button" className={classes.mini} aria-label={name} title={name} onClick={run}>
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
