// Whether a labeler's answers get worse the longer they have been at it.
import { Interval } from "@/charts/Interval";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { driftOf, scaleStart } from "./figures";
import classes from "./Labelers.module.css";
import { messages } from "./messages";
import type { Figure, LabelerFigures } from "./requests";

export function SessionsSection({
  sessions,
  tiredness,
}: Pick<LabelerFigures, "sessions" | "tiredness">) {
  const t = useMessages(messages);
  if (sessions.length === 0) return null;
  const from = scaleStart(sessions.map(({ mean }) => mean));
  return (
    <Section title={t.sessions}>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={t.sessions}>
          <thead>
            <tr>
              <th scope="col">{t.minute}</th>
              <th scope="col">{t.agreement}</th>
              <th scope="col" className={classes.figure}>
                {t.answers}
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map(({ since, to, mean, compared }) => (
              <tr key={since}>
                <th scope="row">{to === null ? t.minutesFrom(since) : t.minutes(since, to)}</th>
                <td>
                  <Interval {...mean} from={from} />
                </td>
                <td className={classes.figure}>{formatNumber(compared)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={classes.hint}>
        {t.sessionsHint} <Tiredness figure={tiredness} />
      </p>
    </Section>
  );
}

function Tiredness({ figure }: { figure: Figure | null }) {
  const t = useMessages(messages);
  const kind = driftOf(figure);
  if (kind === "unknown") return <>{t.tiredUnknown}</>;
  if (kind === "same") return <>{t.tiredSame}</>;
  const change = figure?.estimate ?? 0;
  return <>{t.tired(`${change > 0 ? "+" : ""}${formatPercent(change, 0)}`)}</>;
}
