// Training and validation loss per epoch, while the run goes on.
import { useCallback, useMemo, useState } from "react";
import type UPlot from "uplot";
import { formatNumber, useMessages } from "@/i18n/messages";
import { ChartFrame, Figures } from "./ChartFrame";
import type { Ink } from "./ink";
import { messages } from "./messages";
import { axes, cursor, Plot, type PlotOptions, points } from "./Plot";
import { lossRange } from "./series";

export interface Epoch {
  epoch: number;
  train_loss: number | null;
  val_loss: number | null;
  train_accuracy?: number | null;
  val_accuracy?: number | null;
}

const short = (value: number) => formatNumber(value, { maximumSignificantDigits: 3 });
const shown = (value: number | null | undefined) => (value == null ? "–" : short(value));

function shape(ink: Ink, onPlace: (index: number | null) => void): PlotOptions {
  return {
    ...cursor(onPlace),
    padding: [10, 12, 0, 0],
    scales: {
      x: { time: false },
      y: { range: (self) => lossRange(self.data.slice(1).flat() as (number | null)[]) },
    },
    axes: axes(ink, { x: (value) => formatNumber(value), y: short }),
    series: [
      {},
      { stroke: ink.warn, width: 2, dash: [6, 4], spanGaps: true, points: points(ink.warn, ink) },
      { stroke: ink.accent, width: 2, spanGaps: true, points: points(ink.accent, ink) },
    ],
  };
}

export function LossCurve({
  title,
  epochs,
  height = 240,
}: {
  title: string;
  epochs: readonly Epoch[];
  height?: number;
}) {
  const t = useMessages(messages);
  const [index, setIndex] = useState<number | null>(null);
  const data = useMemo(
    (): UPlot.AlignedData => [
      epochs.map((one) => one.epoch),
      epochs.map((one) => one.train_loss),
      epochs.map((one) => one.val_loss),
    ],
    [epochs],
  );
  const options = useCallback((ink: Ink) => shape(ink, setIndex), []);
  const at = index === null ? epochs.at(-1) : epochs[index];
  return (
    <ChartFrame
      legend={[
        { name: t.valLoss, color: "var(--lh-accent)", value: shown(at?.val_loss) },
        { name: t.trainLoss, color: "var(--lh-warn)", dashed: true, value: shown(at?.train_loss) },
      ]}
      place={at && `${t.epoch} ${formatNumber(at.epoch)}`}
      chart={<Plot label={title} height={height} data={data} options={options} />}
      table={
        <Figures
          label={title}
          head={[t.epoch, t.trainLoss, t.valLoss]}
          rows={epochs.map((one) => [
            formatNumber(one.epoch),
            shown(one.train_loss),
            shown(one.val_loss),
          ])}
        />
      }
    />
  );
}
