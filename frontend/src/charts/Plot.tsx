// uPlot as a component: made anew when its shape or the theme changes, fed when only data change.
import { useEffect, useRef } from "react";
import UPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type Ink, readInk, useScheme } from "./ink";
import classes from "./Plot.module.css";

export type PlotOptions = Omit<UPlot.Options, "width" | "height">;

interface PlotProps {
  /** What a screen reader says in place of the picture. */
  label: string;
  height: number;
  data: UPlot.AlignedData;
  /** Stable (from module scope or `useCallback`), or the plot is made anew at each render. */
  options: (ink: Ink) => PlotOptions;
}

export function Plot({ label, height, data, options }: PlotProps) {
  const scheme = useScheme();
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot | null>(null);
  const latest = useRef(data);
  latest.current = data;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes what readInk reads.
  useEffect(() => {
    const target = frame.current;
    if (!target) return;
    const size = () => ({ width: Math.max(120, target.clientWidth), height });
    const made = new UPlot({ ...size(), ...options(readInk()) }, latest.current, target);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize(size()));
    watch.observe(target);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [options, height, scheme]);

  useEffect(() => plot.current?.setData(data), [data]);

  return (
    <div ref={frame} className={classes.plot} style={{ height }} role="img" aria-label={label} />
  );
}

const FONT = '11px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

const WHOLE = [1, 2, 5]
  .flatMap((step) => Array.from({ length: 7 }, (_, power) => step * 10 ** power))
  .sort((a, b) => a - b);

/** Hairlines across, none down; quiet figures. */
export function axes(
  ink: Ink,
  format: { x: (value: number) => string; y: (value: number) => string },
): UPlot.Axis[] {
  const common = { stroke: ink.muted, font: FONT, ticks: { show: false } };
  return [
    {
      ...common,
      size: 26,
      space: 64,
      // Votes, labels and epochs are whole.
      incrs: WHOLE,
      gap: 6,
      grid: { show: false },
      border: { show: true, stroke: ink.line, width: 1 },
      values: (_, splits) => splits.map((value) => (value === null ? "" : format.x(value))),
    },
    {
      ...common,
      size: 48,
      space: 36,
      gap: 8,
      grid: { stroke: ink.line, width: 1 },
      values: (_, splits) => splits.map((value) => (value === null ? "" : format.y(value))),
    },
  ];
}

/** Points where there are few, none where they would run together. */
export function points(color: string, ink: Ink): UPlot.Series.Points {
  return {
    show: (self) => self.data[0].length <= 60,
    size: 6,
    width: 1.5,
    stroke: color,
    fill: ink.panel,
  };
}

/** Only the vertical line of the cursor; the figures are read off in the legend. */
export const cursor = (onPlace: (index: number | null) => void): PlotOptions => ({
  series: [],
  legend: { show: false },
  cursor: { y: false, drag: { x: false, y: false }, points: { size: 7, width: 2 } },
  hooks: { setCursor: [(self) => onPlace(self.cursor.idx ?? null)] },
});
