// Confidence against the share that was right: dots with intervals beside the line of honesty.
import { formatPercent, formatPercentRange, useMessages } from "@/i18n/messages";
import { ChartFrame, Figures } from "./ChartFrame";
import { messages } from "./messages";
import classes from "./Reliability.module.css";

export interface ReliabilityBar {
  low: number;
  high: number;
  items: number;
  confidence: number;
  accuracy: number;
  accuracy_low: number;
  accuracy_high: number;
}

const WIDTH = 360;
const HEIGHT = 250;
const LEFT = 48;
const TOP = 12;
const PLOT = { width: WIDTH - LEFT - 16, height: HEIGHT - TOP - 42 };
const TICKS = [0, 0.25, 0.5, 0.75, 1];

const across = (value: number) => LEFT + value * PLOT.width;
const down = (value: number) => TOP + (1 - value) * PLOT.height;

/** Larger for more items, by area, and never too small to see. */
export function radiusOf(items: number, most: number): number {
  return 4 + 6 * Math.sqrt(items / Math.max(1, most));
}

export function Reliability({ label, bars }: { label: string; bars: readonly ReliabilityBar[] }) {
  const t = useMessages(messages);
  return (
    <ChartFrame
      legend={[
        { name: t.measured, color: "var(--lh-accent)" },
        { name: t.honest, color: "var(--lh-muted)", dashed: true },
      ]}
      chart={<Drawing label={label} bars={bars} />}
      table={
        <Figures
          label={label}
          head={[t.confidence, t.right, t.interval, t.total]}
          rows={bars.map((bar) => [
            formatPercent(bar.confidence),
            formatPercent(bar.accuracy),
            formatPercentRange(bar.accuracy_low, bar.accuracy_high),
            String(bar.items),
          ])}
        />
      }
    />
  );
}

function Drawing({ label, bars }: { label: string; bars: readonly ReliabilityBar[] }) {
  const t = useMessages(messages);
  const most = Math.max(...bars.map(({ items }) => items));
  return (
    <svg
      className={classes.drawing}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      {TICKS.map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={LEFT} x2={across(1)} y1={down(tick)} y2={down(tick)} />
          <text className={classes.text} x={LEFT - 8} y={down(tick) + 4} textAnchor="end">
            {formatPercent(tick, 0)}
          </text>
          <text className={classes.text} x={across(tick)} y={HEIGHT - 24} textAnchor="middle">
            {formatPercent(tick, 0)}
          </text>
        </g>
      ))}
      <text className={classes.text} x={across(0.5)} y={HEIGHT - 6} textAnchor="middle">
        {t.confidenceOf}
      </text>
      <line className={classes.honest} x1={across(0)} y1={down(0)} x2={across(1)} y2={down(1)} />
      {bars.map((bar) => (
        <g key={bar.low}>
          <title>
            {t.bar(bar.items, formatPercent(bar.confidence), formatPercent(bar.accuracy))}
          </title>
          <line
            className={classes.range}
            x1={across(bar.confidence)}
            x2={across(bar.confidence)}
            y1={down(bar.accuracy_low)}
            y2={down(bar.accuracy_high)}
          />
          <circle
            className={classes.dot}
            cx={across(bar.confidence)}
            cy={down(bar.accuracy)}
            r={radiusOf(bar.items, most)}
          />
        </g>
      ))}
    </svg>
  );
}
