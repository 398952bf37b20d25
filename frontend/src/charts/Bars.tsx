// Named amounts as bars, most readable for up to some dozens of names.
import type { ReactNode } from "react";
import { formatNumber, formatPercent } from "@/i18n/messages";
import classes from "./Bars.module.css";

export interface Bar {
  key: string;
  name: ReactNode;
  value: number;
  color?: string;
}

interface BarsProps {
  label: string;
  bars: readonly Bar[];
  /** The full length; the largest value when left out. */
  max?: number;
  /** Shares as percents, everything else as counts. */
  as?: "count" | "share";
}

export function Bars({ label, bars, max, as = "count" }: BarsProps) {
  const full = max ?? Math.max(0, ...bars.map((bar) => bar.value));
  const total = bars.reduce((sum, bar) => sum + bar.value, 0);
  return (
    <table className={classes.bars} aria-label={label}>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.key}>
            <th scope="row">{bar.name}</th>
            <td className={classes.track} aria-hidden="true">
              <div
                className={classes.bar}
                data-none={bar.value === 0 || undefined}
                style={{
                  width: `${full > 0 ? (bar.value / full) * 100 : 0}%`,
                  background: bar.color,
                }}
              />
            </td>
            <td className={classes.figure}>
              {as === "share" ? formatPercent(bar.value, 0) : formatNumber(bar.value)}
            </td>
            {as === "count" && (
              <td className={classes.share}>{total ? formatPercent(bar.value / total, 0) : ""}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
