// One label: colour, name, title, key, and on demand its group and what it means.
import { Textarea, TextInput } from "@mantine/core";
import { type ClipboardEvent, type KeyboardEvent, useState } from "react";
import { useMessages } from "@/i18n/messages";
import { ColorPicker } from "./ColorPicker";
import { KeyField } from "./KeyField";
import { messages } from "./messages";
import classes from "./SchemaEditor.module.css";
import { type DraftLabel, namesIn, type RowProblem } from "./schemaDraft";
import { Tool } from "./Tool";

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

export function LabelRow(props: RowProps) {
  const { row, at, problem, onChange, onNames, onEnter } = props;
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
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
            readOnly={row.kept || row.fixed}
            data-name
            error={problem !== undefined && !problem.startsWith("hotkey")}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
            onPaste={row.kept || row.fixed ? undefined : paste}
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
          <Tools {...props} open={open} onOpen={() => setOpen(!open)} />
        </td>
      </tr>
      {open && (
        <tr>
          <td />
          <td colSpan={4}>
            <div className={classes.more}>
              <TextInput
                label={t.labelGroup}
                description={t.labelGroupHint}
                value={row.group}
                maxLength={200}
                onChange={(event) => onChange({ group: event.currentTarget.value })}
              />
              <Textarea
                label={t.labelDescription}
                description={t.labelDescriptionHint}
                rows={2}
                value={row.description}
                maxLength={4000}
                onChange={(event) => onChange({ description: event.currentTarget.value })}
              />
            </div>
          </td>
        </tr>
      )}
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

function Tools(props: RowProps & { open: boolean; onOpen: () => void }) {
  const { row, at, count, onMove, onRemove, onChange, open, onOpen } = props;
  const t = useMessages(messages);
  const name = row.name || String(at + 1);
  return (
    <div className={classes.tools}>
      <Tool label={t.moreOf(name)} icon="more" expanded={open} onClick={onOpen} />
      <Tool label={t.moveUp(name)} icon="up" disabled={at === 0} onClick={() => onMove(at - 1)} />
      <Tool
        label={t.moveDown(name)}
        icon="down"
        disabled={at === count - 1}
        onClick={() => onMove(at + 1)}
      />
      {row.fixed ? (
        <span className={classes.noTool} />
      ) : row.kept ? (
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
