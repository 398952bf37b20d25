// The labels of a project: name, title, colour and key of each, with clashes shown where they are.
import { Button } from "@mantine/core";
import { useRef } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { LabelRow } from "./LabelRow";
import { messages } from "./messages";
import classes from "./SchemaEditor.module.css";
import {
  type DraftLabel,
  enoughLabels,
  keysOfRows,
  labelsWanted,
  movedRow,
  newLabel,
  problemsOf,
  withNames,
} from "./schemaDraft";

interface SchemaEditorProps {
  rows: readonly DraftLabel[];
  /** The kind of question: which keys are taken, and how many labels it needs. */
  type: string;
  onChange: (rows: DraftLabel[]) => void;
  /** After a first try to save, also what is merely missing is shown. */
  strict: boolean;
}

export function SchemaEditor({ rows, type, onChange, strict }: SchemaEditorProps) {
  const t = useMessages(messages);
  const table = useRef<HTMLTableElement>(null);
  const problems = problemsOf(rows, type);
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
  return (
    <div>
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
            <LabelRow
              key={row.id}
              row={row}
              at={at}
              count={rows.length}
              keyShown={keys[at] ?? null}
              problem={problems.get(row.id)}
              onChange={(part) => change(row.id, part)}
              onMove={(to) => onChange(movedRow(rows, at, to))}
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
      {strict && !enoughLabels(rows, type) && (
        <p className={classes.problem} role="alert">
          {t.moreLabels(labelsWanted(type))}
        </p>
      )}
    </div>
  );
}
