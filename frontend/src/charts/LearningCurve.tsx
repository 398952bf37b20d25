// Accuracy over what was spent: the model's own choice of items against the random arm.
import { useCallback, useMemo, useState } from "react";
import type UPlot from "uplot";
import { formatNumber, formatPercent, formatPercentRange, useMessages } from "@/i18n/messages";
import { ChartFrame, Figures, type LegendEntry } from "./ChartFrame";
import { type Ink, withAlpha } from "./ink";
import { messages } from "./messages";
import { axes, cursor, Plot, type PlotOptions, points } from "./Plot";
import {
  type Along,
  accuracyRange,
  type CurvePoint,
  curveColumns,
  nearestPoint,
  spendRange,
  spendSplits,
  type TrendPoint,
} from "./series";

interface LearningCurveProps {
  title: string;
  active: readonly CurvePoint[];
  random: readonly CurvePoint[];
  /** Laws through both curves, a step ahead of what was measured. */
  trend?: readonly TrendPoint[];
  along?: Along;
  height?: number;
}

const percent = (value: number) => formatPercent(value, 0);

/** Columns: x, then low, high and accuracy of the random arm, then of the active one, then laws. */
function shape(ink: Ink, onPlace: (index: number | null) => void): PlotOptions {
  const edge = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
  const line = { width: 2, spanGaps: true };
  const law = { width: 1, spanGaps: true, dash: [2, 4], points: { show: false } };
  const [along, ...across] = axes(ink, { x: (value) => formatNumber(value), y: percent });
  const base = cursor(onPlace);
  return {
    ...base,
    padding: [10, 12, 0, 0],
    scales: {
      // What counts is how many times the votes, and the random arm has few of them.
      x: { time: false, distr: 3, log: 10, range: (_, least, most) => spendRange(least, most) },
      y: { range: (self) => accuracyRange(self.data.slice(1).flat() as (number | null)[]) },
    },
    axes: [
      {
        ...along,
        splits: (_, __, from, to) => spendSplits(from, to),
        filter: (_, splits) => splits,
      },
      ...across,
    ],
    series: [
      {},
      edge,
      edge,
      { ...line, stroke: ink.warn, dash: [6, 4], points: points(ink.warn, ink) },
      edge,
      edge,
      { ...line, stroke: ink.accent, points: points(ink.accent, ink) },
      { ...law, stroke: ink.warn },
      { ...law, stroke: ink.accent },
    ],
    hooks: { ...base.hooks, draw: [(self) => loneIntervals(self, ink)] },
    bands: [
      { series: [2, 1], fill: withAlpha(ink.warn, 0.12) },
      { series: [5, 4], fill: withAlpha(ink.accent, 0.16) },
    ],
  };
}

/** A band needs two points; a single one gets its interval as a line. */
function loneIntervals(plot: UPlot, ink: Ink): void {
  for (const [low, high, color] of [
    [1, 2, ink.warn],
    [4, 5, ink.accent],
  ] as const) {
    const known = Array.from(plot.data[0]).flatMap((x, at) => {
      const [from, to] = [plot.data[low]?.[at], plot.data[high]?.[at]];
      return from == null || to == null ? [] : [{ x, from, to }];
    });
    const [only] = known;
    if (known.length !== 1 || !only) continue;
    const x = plot.valToPos(only.x, "x", true);
    plot.ctx.save();
    plot.ctx.strokeStyle = withAlpha(color, 0.5);
    plot.ctx.lineWidth = 1.5 * devicePixelRatio;
    plot.ctx.beginPath();
    plot.ctx.moveTo(x, plot.valToPos(only.from, "y", true));
    plot.ctx.lineTo(x, plot.valToPos(only.to, "y", true));
    plot.ctx.stroke();
    plot.ctx.restore();
  }
}

export function LearningCurve(props: LearningCurveProps) {
  const { title, active, random, trend, along = "votes", height = 260 } = props;
  const t = useMessages(messages);
  const [index, setIndex] = useState<number | null>(null);
  const columns = useMemo(
    () => curveColumns(active, random, along, trend),
    [active, random, along, trend],
  );
  const data = useMemo((): UPlot.AlignedData => {
    const [a, r] = [columns.active, columns.random];
    const laws = columns.trend;
    return [columns.x, r[1], r[2], r[0], a[1], a[2], a[0], laws.random, laws.active];
  }, [columns]);
  const options = useCallback((ink: Ink) => shape(ink, setIndex), []);

  const place = index === null ? undefined : columns.x[index];
  const at = (arm: readonly CurvePoint[]) =>
    place === undefined ? arm.at(-1) : nearestPoint(arm, place, along);
  const legend: LegendEntry[] = [
    entry(t.active, "var(--lh-accent)", at(active)),
    { ...entry(t.random, "var(--lh-warn)", at(random)), dashed: true },
  ];
  const unit = along === "votes" ? t.votes : t.labels;
  return (
    <ChartFrame
      legend={legend}
      place={place === undefined ? undefined : `${formatNumber(place)} ${unit.toLowerCase()}`}
      chart={<Plot label={summary(title, legend)} height={height} data={data} options={options} />}
      table={<CurveTable {...props} along={along} />}
    />
  );
}

function entry(name: string, color: string, point: CurvePoint | undefined): LegendEntry {
  if (!point) return { name, color };
  const note = formatPercentRange(point.low, point.high);
  return { name, color, value: formatPercent(point.accuracy), note };
}

function summary(title: string, legend: readonly LegendEntry[]): string {
  const parts = legend.filter((one) => one.value).map((one) => `${one.name}: ${one.value}`);
  return [title, ...parts].join(". ");
}

function CurveTable({ title, active, random }: LearningCurveProps) {
  const t = useMessages(messages);
  const row = (arm: string, point: CurvePoint) => [
    arm,
    formatNumber(point.votes),
    formatNumber(point.labels),
    formatPercent(point.accuracy),
    formatPercentRange(point.low, point.high, 1),
  ];
  return (
    <Figures
      label={title}
      head={["", t.votes, t.labels, t.accuracy, t.interval]}
      rows={[
        ...active.map((point) => row(t.active, point)),
        ...random.map((point) => row(t.random, point)),
      ]}
    />
  );
}
