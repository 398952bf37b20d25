// A chart with its legend, which can also be read as a table.
import { type ReactNode, useState } from "react";
import { useMessages } from "@/i18n/messages";
import classes from "./ChartFrame.module.css";
import { messages } from "./messages";

export interface LegendEntry {
  name: string;
  color: string;
  dashed?: boolean;
  /** The figure at the cursor, or the last one. */
  value?: string;
  note?: string;
}

interface ChartFrameProps {
  legend?: readonly LegendEntry[];
  /** Where the figures of the legend were read: "after 420 votes". */
  place?: string;
  controls?: ReactNode;
  chart: ReactNode;
  table: ReactNode;
}

export function ChartFrame({ legend = [], place, controls, chart, table }: ChartFrameProps) {
  const t = useMessages(messages);
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.bar}>
        <Legend entries={legend} />
        <span className={classes.place}>{place}</span>
        <span className={classes.controls}>
          {controls}
          <button type="button" className={classes.toggle} onClick={() => setAsTable(!asTable)}>
            {asTable ? t.asChart : t.asTable}
          </button>
        </span>
      </figcaption>
      {asTable ? <div className={classes.table}>{table}</div> : chart}
    </figure>
  );
}

function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul className={classes.legend}>
      {entries.map((entry) => (
        <li key={entry.name} className={classes.entry}>
          <svg width="18" height="8" aria-hidden="true" style={{ color: entry.color }}>
            <line
              x1="0"
              y1="4"
              x2="18"
              y2="4"
              stroke="currentColor"
              strokeWidth="2"
              strokeDasharray={entry.dashed ? "4 3" : undefined}
            />
          </svg>
          <span>{entry.name}</span>
          {entry.value && <strong className={classes.value}>{entry.value}</strong>}
          {entry.note && <span className={classes.note}>{entry.note}</span>}
        </li>
      ))}
    </ul>
  );
}

interface FiguresProps {
  label: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** The plain table behind a chart; the first column names the row. */
export function Figures({ label, head, rows }: FiguresProps) {
  return (
    <table className={classes.figures} aria-label={label}>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...cells], at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of figures have no identity.
          <tr key={at}>
            <th scope="row">{name}</th>
            {cells.map((cell, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: cells go by their column.
              <td key={column}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
