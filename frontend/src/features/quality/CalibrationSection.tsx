// Confidence held against known answers, and the temperature that mends it.
import { Reliability } from "@/charts/Reliability";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { nameOf, names } from "@/ui/names";
import { Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty } from "@/ui/states";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import type { Quality } from "./requests";
import { rightMeans } from "./right";

type Calibration = Quality["calibration"];

interface CalibrationSectionProps {
  calibration: Calibration;
  type: string;
}

export function CalibrationSection({ calibration, type }: CalibrationSectionProps) {
  const t = useMessages(messages);
  const called = useMessages(names);
  if (calibration === null || calibration.items === 0) {
    return (
      <Section title={t.calibration}>
        <Empty icon="chart" title={t.noKnown}>
          {t.noKnownText} {rightMeans(t, type)}
        </Empty>
      </Section>
    );
  }
  return (
    <Section title={t.calibration}>
      <Reliability label={t.calibration} bars={calibration.bins} />
      <StatRow>
        <StatTile
          label={t.temperature}
          value={formatNumber(calibration.temperature ?? 1, { maximumFractionDigits: 2 })}
          note={t.temperatureNote(calibration.items)}
        />
        <StatTile
          label={t.errorAfter}
          value={formatPercent(calibration.error_after)}
          note={t.errorBefore(formatPercent(calibration.error_before))}
        />
      </StatRow>
      <p className={classes.note}>
        {rightMeans(t, type)} {t.aboveOrBelow}
      </p>
      <p className={classes.note}>
        {t.methodInForce(nameOf(called, "method", calibration.method))}{" "}
        {calibration.reason && `(${calibration.reason})`}
      </p>
    </Section>
  );
}
