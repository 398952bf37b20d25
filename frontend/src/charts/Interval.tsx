// An estimate with its interval on a fixed scale: a dot on a bar, the figure beside it.
import { formatPercent, formatPercentRange } from "@/i18n/messages";
import classes from "./Interval.module.css";

interface IntervalProps {
  estimate: number | null;
  low: number | null;
  high: number | null;
  /** The ends of the scale. */
  from?: number;
  to?: number;
  /** Puts the figures under the bar where there is no room beside it. */
  wraps?: boolean;
}

/** Where a value lies on the scale, in percent of its length. */
export function placeOf(value: number, from: number, to: number): number {
  return Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));
}

export function Interval({ estimate, low, high, from = 0, to = 1, wraps }: IntervalProps) {
  if (estimate === null) return <span className={classes.none}>–</span>;
  const known = low !== null && high !== null;
  const [start, end] = known ? [placeOf(low, from, to), placeOf(high, from, to)] : [0, 0];
  return (
    <span className={classes.interval} data-wraps={wraps || undefined}>
      <span className={classes.track} aria-hidden="true">
        {known && (
          <span
            className={classes.bar}
            style={{ left: `${start}%`, width: `${Math.max(1, end - start)}%` }}
          />
        )}
        <span className={classes.dot} style={{ left: `${placeOf(estimate, from, to)}%` }} />
      </span>
      <span className={classes.figure}>{formatPercent(estimate, 0)}</span>
      {known && <span className={classes.range}>{formatPercentRange(low, high)}</span>}
    </span>
  );
}
