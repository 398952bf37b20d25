import type { ReactNode } from "react";
import classes from "./StatTile.module.css";

interface StatTileProps {
  label: string;
  value: ReactNode;
  /** The interval, the unit or what it is measured on. */
  note?: ReactNode;
  tone?: "ok" | "warn" | "error";
}

/** One figure with its name; put several into `<StatRow>`. */
export function StatTile({ label, value, note, tone }: StatTileProps) {
  return (
    <div className={classes.tile}>
      <dt className={classes.label}>{label}</dt>
      <dd className={classes.value} data-tone={tone}>
        {value}
      </dd>
      {note && <dd className={classes.note}>{note}</dd>}
    </div>
  );
}

export function StatRow({ children }: { children: ReactNode }) {
  return <dl className={classes.row}>{children}</dl>;
}
