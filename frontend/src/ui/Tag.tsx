// Small marks: of a state, of a label, and of how far something is.
import type { ReactNode } from "react";
import classes from "./Tag.module.css";
import { labelStyle } from "./theme";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "error";

/** A state in a word: settled, disputed, running. */
export function Tag({ tone = "neutral", children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.tag} data-tone={tone}>
      {children}
    </span>
  );
}

/** A label with its colour; `index` is its place in the label schema. */
export function LabelTag({
  index,
  color,
  children,
}: {
  index: number;
  /** The label's own colour, in place of the one of its place. */
  color?: string;
  children: ReactNode;
}) {
  const style = color ? { color, dashed: false } : labelStyle(index);
  return (
    <span className={classes.labelTag}>
      <span
        className={classes.dot}
        data-dashed={style.dashed || undefined}
        style={{ "--dot": style.color } as React.CSSProperties}
      />
      {children}
    </span>
  );
}

interface MeterProps {
  label: string;
  value: number;
  /** The whole; parts above it are cut. */
  of: number;
  tone?: Tone;
}

export function Meter({ label, value, of, tone = "accent" }: MeterProps) {
  const share = of > 0 ? Math.min(1, Math.max(0, value / of)) : 0;
  return (
    <div
      className={classes.meter}
      data-tone={tone}
      role="progressbar"
      aria-label={label}
      aria-valuenow={Math.round(share * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div className={classes.fill} style={{ width: `${share * 100}%` }} />
    </div>
  );
}
