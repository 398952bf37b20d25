// What proposals do to answers: with them in view against hidden by a draw, in all and by labeler.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { formatNumber, formatPercent, formatPercentRange, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty, Loaded } from "@/ui/states";
import { messages } from "./anchoringMessages";
import { pointsOf, pointsRange, ratioText, type Text, verdicts } from "./anchoringWords";
import classes from "./Quality.module.css";
import { QualityPage } from "./QualityPage";
import { type AnchoredLabeler, type Anchoring, useAnchoring } from "./requests";

export function AnchoringScreen() {
  const t = useMessages(messages);
  return (
    <QualityPage description={t.description}>
      {(project) => <Effect project={project} />}
    </QualityPage>
  );
}

function Effect({ project }: { project: Project }) {
  const t = useMessages(messages);
  const found = useAnchoring(project.id);
  return (
    <Loaded query={found}>
      {(data) => (data.answers === 0 ? <None project={project} /> : <Figures found={data} t={t} />)}
    </Loaded>
  );
}

function None({ project }: { project: Project }) {
  const t = useMessages(messages);
  const off = project.prelabels === "off";
  return (
    <Empty
      icon="chart"
      title={t.none}
      action={
        off &&
        project.my_role === "manager" && (
          <Button component={Link} to={`/projects/${project.id}/settings`} variant="default">
            {t.settings}
          </Button>
        )
      }
    >
      {off ? t.noneOff : t.noneOn}
    </Empty>
  );
}

function Figures({ found, t }: { found: Anchoring; t: Text }) {
  return (
    <div className={classes.stack}>
      <Section title={t.table}>
        {verdicts(found, t).map((sentence) => (
          <p key={sentence} className={classes.verdict} role="status">
            {sentence}
          </p>
        ))}
        <StatRow>
          <StatTile label={t.shownTile} value={formatNumber(found.shown)} />
          <StatTile label={t.hiddenTile} value={formatNumber(found.hidden)} />
          <StatTile
            label={t.takenTile}
            value={found.shown > 0 ? formatPercent(found.taken / found.shown, 0) : "–"}
            note={t.takenNote}
          />
        </StatRow>
        <Contrasts found={found} t={t} />
        <p className={classes.note}>
          {t.text} {t.truth} {found.looked_at < found.answers && t.latest(found.looked_at)}
        </p>
      </Section>
      <Section title={t.labelers}>
        <p className={classes.text}>{t.labelersText}</p>
        <Labelers rows={found.labelers} t={t} />
      </Section>
    </div>
  );
}

const PARTS = ["same", "error", "led_astray", "helped"] as const;

function Contrasts({ found, t }: { found: Anchoring; t: Text }) {
  const { time } = found;
  const seconds = (value: number | null) =>
    value === null ? "–" : t.seconds(formatNumber(value, { maximumFractionDigits: 1 }));
  return (
    <div className={classes.scroll}>
      <table className={classes.figures} aria-label={t.table}>
        <thead>
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.shown}</th>
            <th scope="col">{t.hidden}</th>
            <th scope="col">{t.difference}</th>
          </tr>
        </thead>
        <tbody>
          {PARTS.map((name) => {
            const { shown, hidden, difference } = found[name];
            return (
              <tr key={name}>
                <th scope="row">{t[name]}</th>
                <td>{shareText(shown)}</td>
                <td>{shareText(hidden)}</td>
                <td>
                  {difference.estimate === null ? (
                    "–"
                  ) : (
                    <>
                      {t.points(pointsOf(difference.estimate))}{" "}
                      <span className={classes.quiet}>{pointsRange(difference)}</span>
                    </>
                  )}
                </td>
              </tr>
            );
          })}
          <tr>
            <th scope="row">{t.time}</th>
            <td>{seconds(time.shown)}</td>
            <td>{seconds(time.hidden)}</td>
            <td>{ratioText(time.ratio)}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function shareText({ estimate, low, high, count }: Anchoring["same"]["shown"]) {
  if (estimate === null || low === null || high === null) return "–";
  return (
    <>
      {formatPercent(estimate, 0)}{" "}
      <span className={classes.quiet}>
        {formatPercentRange(low, high)} · {formatNumber(count)}
      </span>
    </>
  );
}

function Labelers({ rows, t }: { rows: readonly AnchoredLabeler[]; t: Text }) {
  const points = (figure: Anchoring["same"]["difference"]) =>
    figure.estimate === null ? "–" : `${pointsOf(figure.estimate)} (${pointsRange(figure)})`;
  return (
    <div className={classes.scroll}>
      <table className={classes.figures} aria-label={t.labelers}>
        <thead>
          <tr>
            {[t.labeler, t.answers, t.moreAlike, t.moreWrong, t.pace].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, name, shown, hidden, same, led_astray, time }) => (
            <tr key={id}>
              <th scope="row">{name}</th>
              <td>
                {formatNumber(shown)} / {formatNumber(hidden)}
              </td>
              <td>{points(same.difference)}</td>
              <td>{points(led_astray.difference)}</td>
              <td>{ratioText(time.ratio)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
