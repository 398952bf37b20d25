// The labels of a project: name, title, colour and key of each, with clashes shown where they are.
import { ActionIcon, Button, TextInput } from "@mantine/core";
import { type ClipboardEvent, type KeyboardEvent, useRef } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { ColorPicker } from "./ColorPicker";
import { KeyField } from "./KeyField";
import { messages } from "./messages";
import classes from "./SchemaEditor.module.css";
import {
  type DraftLabel,
  enoughLabels,
  keysOfRows,
  moved,
  namesIn,
  newLabel,
  PRESETS,
  problemsOf,
  type RowProblem,
  withNames,
} from "./schemaDraft";

interface SchemaEditorProps {
  rows: readonly DraftLabel[];
  onChange: (rows: DraftLabel[]) => void;
  /** After a first try to save, also what is merely missing is shown. */
  strict: boolean;
}

export function SchemaEditor({ rows, onChange, strict }: SchemaEditorProps) {
  const t = useMessages(messages);
  const table = useRef<HTMLTableElement>(null);
  const problems = problemsOf(rows);
  const keys = keysOfRows(rows);
  const change = (id: number, part: Partial<DraftLabel>) =>
    onChange(rows.map((row) => (row.id === id ? { ...row, ...part } : row)));
  const focusName = (at: number) =>
    requestAnimationFrame(() =>
      table.current?.querySelectorAll<HTMLInputElement>("[data-name]")[at]?.focus(),
    );
  const add = () => {
    onChange([...rows, newLabel()]);
    focusName(rows.length);
  };
  const untouched = rows.every((row) => row.name === "" && !row.kept);
  return (
    <div>
      {untouched && <Presets onChoose={(names) => onChange(withNames(rows, names))} />}
      <table ref={table} className={classes.table}>
        <thead>
          <tr>
            <th className={classes.colorCell}>
              <span className="lh-hidden">{t.labelColor}</span>
            </th>
            <th>{t.labelName}</th>
            <th className={classes.titleCell}>{t.labelTitle}</th>
            <th className={classes.keyCell}>{t.labelKey}</th>
            <th className={classes.toolCell}>
              <span className="lh-hidden">{t.tools}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <Row
              key={row.id}
              row={row}
              at={at}
              count={rows.length}
              keyShown={keys[at] ?? null}
              problem={problems.get(row.id)}
              onChange={(part) => change(row.id, part)}
              onMove={(to) => onChange(moved(rows, at, to))}
              onRemove={() => onChange(rows.filter((one) => one.id !== row.id))}
              onNames={(names) => onChange(withNames(rows, names))}
              onEnter={() => (at === rows.length - 1 ? add() : focusName(at + 1))}
            />
          ))}
        </tbody>
      </table>
      <div className={classes.foot}>
        <Button variant="default" leftSection={<Icon name="plus" />} onClick={add}>
          {t.addLabel}
        </Button>
        <span className={classes.aside}>{t.addHint}</span>
      </div>
      {strict && !enoughLabels(rows) && (
        <p className={classes.problem} role="alert">
          {t.twoLabels}
        </p>
      )}
    </div>
  );
}

function Presets({ onChoose }: { onChoose: (names: readonly string[]) => void }) {
  const t = useMessages(messages);
  return (
    <div className={classes.presets}>
      <span className={classes.aside}>{t.startFrom}</span>
      {PRESETS.map((preset) => (
        <Button
          key={preset.key}
          variant="default"
          size="compact-sm"
          onClick={() => onChoose(preset.names)}
        >
          {t[`preset_${preset.key}`]}
        </Button>
      ))}
    </div>
  );
}

interface RowProps {
  row: DraftLabel;
  at: number;
  count: number;
  keyShown: string | null;
  problem: RowProblem | undefined;
  onChange: (part: Partial<DraftLabel>) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
  onNames: (names: string[]) => void;
  onEnter: () => void;
}

function Row(props: RowProps) {
  const { row, at, problem, onChange, onNames, onEnter } = props;
  const t = useMessages(messages);
  const paste = (event: ClipboardEvent) => {
    const names = namesIn(event.clipboardData.getData("text"));
    if (names.length < 2) return;
    event.preventDefault();
    onNames(names);
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    onEnter();
  };
  return (
    <>
      <tr data-retired={row.retired || undefined}>
        <td className={classes.colorCell}>
          <ColorPicker
            label={t.colorOf(at + 1)}
            index={at}
            value={row.color}
            onChange={(color) => onChange({ color })}
          />
        </td>
        <td>
          <TextInput
            aria-label={t.nameOf(at + 1)}
            value={row.name}
            readOnly={row.kept}
            data-name
            error={problem !== undefined && !problem.startsWith("hotkey")}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            onPaste={row.kept ? undefined : paste}
            onKeyDown={keyDown}
          />
        </td>
        <td className={classes.titleCell}>
          <TextInput
            aria-label={t.titleOf(at + 1)}
            placeholder={row.name}
            value={row.title}
            onChange={(event) => onChange({ title: event.currentTarget.value })}
            onKeyDown={keyDown}
          />
        </td>
        <td className={classes.keyCell}>
          <KeyField
            label={t.keyOfLabel(at + 1)}
            value={row.hotkey}
            shown={props.keyShown}
            wrong={problem?.startsWith("hotkey") ?? false}
            disabled={row.retired}
            onChange={(hotkey) => onChange({ hotkey })}
          />
        </td>
        <td className={classes.toolCell}>
          <Tools {...props} />
        </td>
      </tr>
      {problem && (
        <tr>
          <td />
          <td colSpan={4} className={classes.problem} role="alert">
            {t[`problem_${problem}`]}
          </td>
        </tr>
      )}
    </>
  );
}

function Tools({ row, at, count, onMove, onRemove, onChange }: RowProps) {
  const t = useMessages(messages);
  const name = row.name || String(at + 1);
  return (
    <div className={classes.tools}>
      <Tool label={t.moveUp(name)} icon="up" disabled={at === 0} onClick={() => onMove(at - 1)} />
      <Tool
        label={t.moveDown(name)}
        icon="down"
        disabled={at === count - 1}
        onClick={() => onMove(at + 1)}
      />
      {row.kept ? (
        <Tool
          label={row.retired ? t.restore(name) : t.retire(name)}
          icon={row.retired ? "undo" : "close"}
          onClick={() => onChange({ retired: !row.retired })}
        />
      ) : (
        <Tool label={t.remove(name)} icon="trash" onClick={onRemove} />
      )}
    </div>
  );
}

function Tool(props: {
  label: string;
  icon: "up" | "down" | "undo" | "close" | "trash";
  disabled?: boolean;
  onClick: () => void;
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size={24}
      aria-label={props.label}
      title={props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={14} />
    </ActionIcon>
  );
}
