// A course of counts in the height of a line of text, and as columns a little larger.
import { formatNumber } from "@/i18n/messages";
import classes from "./Sparkline.module.css";

interface ColumnsProps {
  label: string;
  /** What each column stands for and how much it is, oldest first. */
  columns: readonly { key: string; name: string; value: number }[];
  height?: number;
}

/** Columns from zero; the last one is the present. */
export function Columns({ label, columns, height = 40 }: ColumnsProps) {
  const full = Math.max(1, ...columns.map((column) => column.value));
  const peak = columns.reduce((most, column) => Math.max(most, column.value), 0);
  return (
    <div
      className={classes.columns}
      style={{ height }}
      role="img"
      aria-label={`${label}: 0 – ${formatNumber(peak)}`}
    >
      {columns.map((column) => (
        <div
          key={column.key}
          className={classes.column}
          data-none={column.value === 0 || undefined}
          style={{ height: `${(column.value / full) * 100}%` }}
          title={`${column.name}: ${formatNumber(column.value)}`}
        />
      ))}
    </div>
  );
}

export function sparkPath(values: readonly number[], width: number, height: number): string {
  const top = Math.max(...values, 0);
  const bottom = Math.min(...values, 0);
  const span = top - bottom || 1;
  const step = values.length > 1 ? width / (values.length - 1) : 0;
  return values
    .map((value, at) => {
      const y = height - ((value - bottom) / span) * height;
      return `${at === 0 ? "M" : "L"}${(at * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}

export function Sparkline({ label, values }: { label: string; values: readonly number[] }) {
  return (
    <svg className={classes.spark} viewBox="-1 -1 82 18" role="img" aria-label={label}>
      <path d={sparkPath(values, 80, 16)} fill="none" stroke="currentColor" strokeWidth="1.5" />
    </svg>
  );
}
