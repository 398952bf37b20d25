// A labeler's weeks: how many answers, and how they agreed with the others.
import { Interval } from "@/charts/Interval";
import { formatDay, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { driftOf, latestWeeks, scaleStart } from "./figures";
import classes from "./Labelers.module.css";
import { secondsOf } from "./LabelersScreen";
import { messages } from "./messages";
import type { Figure, LabelerWeek } from "./requests";

interface WeeksProps {
  weeks: readonly LabelerWeek[];
  drift: Figure | null;
}

export function WeeksSection({ weeks, drift }: WeeksProps) {
  const t = useMessages(messages);
  const shown = latestWeeks(weeks);
  const from = scaleStart(shown.map(({ agreement }) => agreement));
  return (
    <Section title={t.weeks}>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={t.weeks}>
          <thead>
            <tr>
              <th scope="col">{t.week}</th>
              <th scope="col">{t.agreement}</th>
              <th scope="col" className={classes.figure}>
                {t.answers}
              </th>
              <th scope="col" className={classes.figure}>
                {t.time}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((week) => (
              <tr key={week.week}>
                <th scope="row">{formatDay(week.week)}</th>
                <td>
                  <Interval {...week.agreement} from={from} />
                </td>
                <td className={classes.figure}>{formatNumber(week.votes)}</td>
                <td className={classes.figure}>
                  {week.median_ms === null ? "–" : t.seconds(secondsOf(week.median_ms))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.hint}>
        <Drift drift={drift} />
      </p>
    </Section>
  );
}

function Drift({ drift }: { drift: Figure | null }) {
  const t = useMessages(messages);
  const kind = driftOf(drift);
  if (kind === "unknown") return <>{t.driftUnknown}</>;
  if (kind === "same") return <>{t.driftSame}</>;
  const change = drift?.estimate ?? 0;
  return <>{t.driftDown(`${change > 0 ? "+" : ""}${formatPercent(change, 0)}`)}</>;
}
