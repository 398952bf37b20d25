// All that can be said of the selected shape: attributes, place in numbers, points, order.
import { useId } from "react";
import { useStore } from "zustand";
import { clamp } from "@/canvas/geometry";
import { type BoxShape, type InstanceShape, pointAt, type Shape, withPoint } from "@/canvas/shapes";
import { looksSwapped } from "@/canvas/skeletons";
import { runCommand } from "@/commands/registry";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Icon, type IconName } from "@/ui/icons";
import { keepFocus } from "../choiceParts";
import type { Board } from "./board";
import { messages } from "./messages";
import { NumberField } from "./NumberField";
import parts from "./parts.module.css";
import type { Attribute } from "./regionSchema";
import classes from "./ShapeDetails.module.css";

export function ShapeDetails({ board, shape }: { board: Board; shape: Shape }) {
  const t = useMessages(messages);
  const locked = useStore(board.editor, (state) => state.locked.has(shape.id));
  const own = board.own !== undefined;
  return (
    <section className={classes.details} aria-label={board.titleOf(shape.label)}>
      <div className={classes.actions}>
        <Action id="shapes.duplicate" icon="copy" name={t.duplicate} />
        <Action id="shapes.forward" icon="up" name={t.forward} off={!own} />
        <Action id="shapes.backward" icon="down" name={t.backward} off={!own} />
        {shape.kind === "keypoints" && (
          <Action id="shapes.mirror" icon="mirror" name={t.mirror} off={!own} />
        )}
        <Action id="view.shape" icon="search" name={t.zoomShape} />
        <Action id="shapes.delete" icon="trash" name={t.delete} off={locked} />
      </div>
      {own && (
        <>
          {board.schema.attributes.map((attribute) => (
            <AttributeField key={attribute.name} {...{ board, shape, attribute }} />
          ))}
          {shape.kind === "box" && <BoxNumbers board={board} box={shape} />}
          {shape.kind === "polygon" && <PointNumbers board={board} shape={shape} />}
          {shape.kind === "keypoints" && <Points board={board} shape={shape} />}
        </>
      )}
    </section>
  );
}

interface ActionProps {
  id: string;
  icon: IconName;
  name: string;
  off?: boolean;
}

function Action({ id, icon, name, off }: ActionProps) {
  return (
    <button
      type="button"
      className={parts.square}
      aria-label={name}
      title={name}
      disabled={off}
      onMouseDown={keepFocus}
      onClick={() => runCommand(id)}
    >
      <Icon name={icon} size={14} />
    </button>
  );
}

interface AttributeFieldProps {
  board: Board;
  shape: Shape;
  attribute: Attribute;
}

function AttributeField({ board, shape, attribute }: AttributeFieldProps) {
  const t = useMessages(messages);
  const id = useId();
  const { name, kind, options } = attribute;
  const value = shape.attributes?.[name];
  if (kind === "flag") {
    return (
      <label className={parts.check}>
        <input
          type="checkbox"
          checked={value === true}
          onChange={(event) => board.setAttribute(name, event.currentTarget.checked)}
        />
        {name}
      </label>
    );
  }
  const text = typeof value === "string" ? value : "";
  const put = (next: string) => board.setAttribute(name, next === "" ? null : next);
  return (
    <div className={parts.field}>
      <label htmlFor={id}>{name}</label>
      {kind === "choice" ? (
        <select id={id} value={text} onChange={(event) => put(event.currentTarget.value)}>
          <option value="">{t.attributeNone}</option>
          {options.map((option) => (
            <option key={option} value={option}>
              {option}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          value={text}
          maxLength={200}
          onChange={(event) => put(event.currentTarget.value)}
        />
      )}
    </div>
  );
}

function BoxNumbers({ board, box }: { board: Board; box: BoxShape }) {
  const t = useMessages(messages);
  const image = board.engine?.image ?? { width: Infinity, height: Infinity };
  const put = (field: string, change: Partial<BoxShape>) => {
    const next = { ...box, ...change };
    const x = clamp(next.x, 0, image.width - 1);
    const y = clamp(next.y, 0, image.height - 1);
    const width = clamp(next.width, 1, image.width - x);
    const height = clamp(next.height, 1, image.height - y);
    board.put({ ...next, x, y, width, height }, field);
  };
  return (
    <div className={classes.numbers}>
      <NumberField name={t.x} value={box.x} onValue={(x) => put("x", { x })} />
      <NumberField name={t.y} value={box.y} onValue={(y) => put("y", { y })} />
      <NumberField name={t.width} value={box.width} onValue={(width) => put("w", { width })} />
      <NumberField name={t.height} value={box.height} onValue={(height) => put("h", { height })} />
    </div>
  );
}

/** The corner or point that the keys move, in numbers. */
function PointNumbers({ board, shape }: { board: Board; shape: Shape }) {
  const t = useMessages(messages);
  const active = useStore(board.editor, (state) => state.point);
  const point = pointAt(shape, active);
  const image = board.engine?.image;
  if (!point || active === null || !image) return null;
  const put = (field: string, x: number, y: number) =>
    board.put(withPoint(shape, active, { x, y }, image), `${active} ${field}`);
  return (
    <div className={classes.numbers}>
      <NumberField name={t.x} value={point.x} onValue={(x) => put("x", x, point.y)} />
      <NumberField name={t.y} value={point.y} onValue={(y) => put("y", point.x, y)} />
    </div>
  );
}

function Points({ board, shape }: { board: Board; shape: InstanceShape }) {
  const t = useMessages(messages);
  const active = useStore(board.editor, (state) => state.point);
  const { skeleton } = board.schema;
  if (!skeleton) return null;
  return (
    <>
      {looksSwapped(shape, skeleton) && (
        <div className={classes.swapped} role="alert">
          <Icon name="warning" size={14} />
          <span>{t.swappedWarning}</span>
          <button
            type="button"
            className={parts.plain}
            onMouseDown={keepFocus}
            onClick={() => runCommand("shapes.swap")}
          >
            {t.swapNow}
          </button>
        </div>
      )}
      <PointNumbers board={board} shape={shape} />
      <ol className={classes.points} aria-label={t.points}>
        {skeleton.titles.map((title, at) => (
          <PointRow key={title} {...{ board, shape, title, at }} active={at === active} />
        ))}
      </ol>
    </>
  );
}

interface PointRowProps {
  board: Board;
  shape: InstanceShape;
  title: string;
  at: number;
  active: boolean;
}

function PointRow({ board, shape, title, at, active }: PointRowProps) {
  const t = useMessages(messages);
  const point = shape.points[at];
  const visibility = point ? (point.occluded ? 1 : 2) : 0;
  return (
    <li className={classes.point} data-selected={active || undefined}>
      <button
        type="button"
        className={parts.row}
        data-testid="point"
        onClick={() => {
          if (point) board.editor.setState({ selected: shape.id, point: at, step: null });
          else board.points.placeNext(at);
        }}
      >
        <span className={parts.name}>{title}</span>
        <span className={parts.measure}>
          {point ? `${formatNumber(point.x)}, ${formatNumber(point.y)}` : t.place(title)}
        </span>
      </button>
      <select
        className={classes.state}
        aria-label={t.stateOf(title)}
        value={visibility}
        onChange={(event) =>
          board.points.setVisibility(at, Number(event.currentTarget.value) as 0 | 1 | 2)
        }
      >
        <option value={2}>{t.stateVisible}</option>
        <option value={1}>{t.stateHidden}</option>
        <option value={0}>{t.stateAbsent}</option>
      </select>
    </li>
  );
}
