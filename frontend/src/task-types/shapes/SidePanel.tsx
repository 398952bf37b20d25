// The text form of the canvas: all shapes as a list, the selected one with what can be said of it.
import { memo, type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { useStore } from "zustand";
import { openProposals } from "@/canvas/editor";
import type { Shape } from "@/canvas/shapes";
import { runCommand } from "@/commands/registry";
import { useKeyOf } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import { keepFocus } from "../choiceParts";
import type { Board } from "./board";
import { messages } from "./messages";
import parts from "./parts.module.css";
import { ShapeDetails } from "./ShapeDetails";
import { ShapeList } from "./ShapeList";
import classes from "./SidePanel.module.css";

interface SidePanelProps {
  board: Board;
  /** Who made the proposals, and how sure of them. */
  proposedBy: string;
  guide: ReactNode;
  onSubmit: (at: number) => void;
}

export function SidePanel({ board, proposedBy, guide, onSubmit }: SidePanelProps) {
  const t = useMessages(messages);
  const [tab, setTab] = useState<"panel" | "guide">("panel");
  const state = useStore(board.editor);
  // The canvas comes first; a list of a thousand follows when there is time.
  const shapes = useDeferredValue(state.shapes);
  const { proposed } = state;
  const proposals = useMemo(
    () => openProposals({ proposed, shapes: state.shapes }),
    [proposed, state.shapes],
  );
  const selected = board.selected;
  return (
    <aside className={classes.side} aria-label={t.panel}>
      <div className={classes.tabs}>
        <Tab
          name={t.shapesCount(state.shapes.length)}
          on={tab === "panel"}
          choose={() => setTab("panel")}
        />
        <Tab name={t.guide} on={tab === "guide"} choose={() => setTab("guide")} />
      </div>
      {tab === "guide" ? (
        <div className={classes.guide}>{guide}</div>
      ) : (
        <div className={classes.inside}>
          <NextLabel board={board} label={state.label} hasSelected={board.own !== undefined} />
          {proposals.length > 0 && (
            <Proposals board={board} proposals={proposals} by={proposedBy} />
          )}
          <Placing board={board} />
          {shapes.length === 0 && proposals.length === 0 ? (
            <p className={classes.empty}>
              {t.none} {hintFor(board, t)}
            </p>
          ) : (
            <ShapeList board={board} shapes={shapes} proposals={proposals} />
          )}
          {selected && <ShapeDetails key={selected.id} board={board} shape={selected} />}
        </div>
      )}
      <Submit board={board} count={state.shapes.length} onSubmit={onSubmit} />
    </aside>
  );
}

function Tab({ name, on, choose }: { name: string; on: boolean; choose: () => void }) {
  return (
    <button
      type="button"
      className={classes.tab}
      aria-pressed={on}
      onMouseDown={keepFocus}
      onClick={choose}
    >
      {name}
    </button>
  );
}

function hintFor({ drawing, schema }: Board, t: typeof messages.english): string {
  if (drawing === "box") return t.noneBox;
  if (drawing === "polygon") return t.nonePolygon;
  return schema.skeleton?.mean ? t.noneMean : t.noneKeypoints;
}

interface NextLabelProps {
  board: Board;
  label: string;
  hasSelected: boolean;
}

/** The labels with their keys: a press labels the selected shape, or else the next one. */
const NextLabel = memo(function NextLabel({ board, label, hasSelected }: NextLabelProps) {
  const t = useMessages(messages);
  const { inUse } = board.schema;
  if (inUse.length < 2) return null;
  if (inUse.length > 12) {
    return (
      <label className={parts.field}>
        <span>{hasSelected ? t.label : t.nextLabel}</span>
        <select value={label} onChange={(event) => board.setLabel(event.currentTarget.value)}>
          {inUse.map(({ name, title }) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
        </select>
      </label>
    );
  }
  return (
    <fieldset className={classes.labels}>
      <legend className="lh-hidden">{t.setLabels}</legend>
      {inUse.map(({ name, title, key, ink }) => (
        <button
          key={name}
          type="button"
          className={classes.labelButton}
          aria-pressed={name === label}
          onMouseDown={keepFocus}
          onClick={() => board.setLabel(name)}
        >
          <span
            className={parts.dot}
            data-dashed={ink.dashed || undefined}
            style={{ "--dot": ink.color } as React.CSSProperties}
          />
          <span className={parts.name}>{title}</span>
          <KeyHint keys={key ?? undefined} />
        </button>
      ))}
    </fieldset>
  );
});

interface ProposalsProps {
  board: Board;
  proposals: readonly Shape[];
  by: string;
}

function Proposals({ board, proposals, by }: ProposalsProps) {
  const t = useMessages(messages);
  const key = useKeyOf({ id: "shapes.accept", keys: ["A"] });
  return (
    <div className={classes.proposed} role="note">
      <p>
        {t.proposed(by)}, {t.shapesCount(proposals.length)}
      </p>
      <button
        type="button"
        className={parts.plain}
        onMouseDown={keepFocus}
        onClick={() => {
          for (const one of proposals) board.take(one.id);
        }}
      >
        {t.takeAll(proposals.length)} <KeyHint keys={key} />
      </button>
    </div>
  );
}

/** Which point the next click places. */
function Placing({ board }: { board: Board }) {
  const t = useMessages(messages);
  const placing = useStore(board.editor, (state) => state.placing);
  const titles = board.schema.skeleton?.titles ?? [];
  const title = placing && titles[placing.at];
  if (!placing || !title) return null;
  return (
    <p className={classes.placing} data-testid="next-point">
      <strong>{t.placingNext(title, placing.at + 1, titles.length)}</strong> {t.placingHint}{" "}
      {t.absent} <KeyHint keys="X" />
    </p>
  );
}

interface SubmitProps {
  board: Board;
  count: number;
  onSubmit: (at: number) => void;
}

function Submit({ board, count, onSubmit }: SubmitProps) {
  const t = useMessages(messages);
  const key = useKeyOf({ id: "shapes.submit", keys: ["Mod+Enter"] });
  const { obstacle } = board;
  return (
    <div className={classes.foot}>
      {obstacle !== null && <p className={classes.warn}>{obstacle}</p>}
      <div className={classes.footRow}>
        <button
          type="button"
          className={`${parts.square} ${classes.undo}`}
          aria-label={t.undo}
          disabled={!board.canUndo}
          onMouseDown={keepFocus}
          onClick={() => runCommand("shapes.undo")}
        >
          <Icon name="undo" />
        </button>
        <button
          type="button"
          className={classes.submit}
          disabled={obstacle !== null}
          onMouseDown={keepFocus}
          onClick={(event) => onSubmit(event.timeStamp)}
        >
          {count === 0 ? t.submitNothing : t.submit} <KeyHint keys={key} />
        </button>
      </div>
    </div>
  );
}
