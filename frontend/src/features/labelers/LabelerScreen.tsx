// One labeler: skill, drift by week, what is answered for what, agreement with each other one.
import { Link, useParams } from "react-router";
import { useProject, useProjectId } from "@/api/project";
import { Interval } from "@/charts/Interval";
import {
  formatDay,
  formatNumber,
  formatPercent,
  formatPercentRange,
  useMessages,
} from "@/i18n/messages";
import { Page, Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Banner, Loaded } from "@/ui/states";
import { BiasSection } from "./BiasSection";
import { scaleStart } from "./figures";
import classes from "./Labelers.module.css";
import { secondsOf } from "./LabelersScreen";
import { messages } from "./messages";
import { two } from "./PairMatrix";
import { Remarks } from "./Remarks";
import { type Figure, type LabelerFigures, useLabeler } from "./requests";
import { SessionsSection } from "./SessionsSection";
import { WeeksSection } from "./WeeksSection";

export function LabelerScreen() {
  const t = useMessages(messages);
  const project = useProjectId();
  const labeler = useLabeler(project, Number(useParams().labelerId));
  const question = useProject(project).data?.question;
  return (
    <Page
      title={labeler.data?.name ?? t.title}
      description={
        <span className={classes.name}>
          <Link to={`/projects/${project}/labelers`}>{t.back}</Link>
          {question}
          {labeler.data && <Remarks row={labeler.data} />}
        </span>
      }
    >
      <Loaded query={labeler}>{(data) => <Known project={project} labeler={data} />}</Loaded>
    </Page>
  );
}

function Known({ project, labeler }: { project: number; labeler: LabelerFigures }) {
  const t = useMessages(messages);
  return (
    <>
      {labeler.copies && (
        <div className={classes.warning}>
          <Banner tone="warn">
            {t.copiesText(
              labeler.copies.name,
              formatPercent(labeler.copies.share, 0),
              labeler.copies.odd,
            )}
          </Banner>
        </div>
      )}
      <Tiles labeler={labeler} />
      <div className={classes.columns}>
        <WeeksSection weeks={labeler.weeks} drift={labeler.drift} />
        <BiasSection confusion={labeler.confusion} labels={labeler.labels} />
        <SessionsSection sessions={labeler.sessions} tiredness={labeler.tiredness} />
      </div>
      <Others project={project} labeler={labeler} />
    </>
  );
}

/** "81–93%", or nothing where too little is known. */
export function rangeOf({ low, high }: Figure): string | undefined {
  return low === null || high === null ? undefined : formatPercentRange(low, high);
}

function Tiles({ labeler }: { labeler: LabelerFigures }) {
  const t = useMessages(messages);
  const { agreement, skill, gold, beyond_chance: beyond, consistency: steady } = labeler;
  const period =
    labeler.first_at && labeler.last_at
      ? t.since(formatDay(labeler.first_at), formatDay(labeler.last_at))
      : undefined;
  return (
    <StatRow>
      <StatTile label={t.votes} value={formatNumber(labeler.votes)} note={period} />
      <StatTile label={t.skill} value={formatPercent(skill.estimate, 0)} note={rangeOf(skill)} />
      <StatTile
        label={t.agreement}
        value={formatPercent(agreement.estimate, 0)}
        note={t.onAnswers(rangeOf(agreement) ?? "", labeler.compared)}
      />
      <StatTile label={t.chance} value={formatPercent(beyond.estimate, 0)} note={rangeOf(beyond)} />
      {gold.count > 0 && (
        <StatTile
          label={t.gold}
          value={formatPercent(gold.estimate, 0)}
          note={t.onAnswers(rangeOf(gold) ?? "", gold.count)}
        />
      )}
      {steady && steady.count > 0 && (
        <StatTile
          label={t.steady}
          value={formatPercent(steady.estimate, 0)}
          note={[
            t.steadyNote(rangeOf(steady) ?? "", steady.count),
            ...(steady.hours === null ? [] : [t.steadyGap(steady.hours)]),
          ].join(" · ")}
        />
      )}
      <StatTile
        label={t.time}
        value={labeler.median_ms === null ? "–" : t.seconds(secondsOf(labeler.median_ms))}
      />
      <StatTile
        label={t.perHour}
        value={labeler.per_hour === null ? "–" : formatNumber(Math.round(labeler.per_hour))}
      />
    </StatRow>
  );
}

function Others({ project, labeler }: { project: number; labeler: LabelerFigures }) {
  const t = useMessages(messages);
  if (labeler.pairs.length === 0) return null;
  const from = scaleStart(labeler.pairs.map(({ kappa }) => kappa));
  const pairs = [...labeler.pairs].sort((a, b) => b.common - a.common);
  return (
    <Section title={t.withOthers}>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={t.withOthers}>
          <thead>
            <tr>
              <th scope="col">{t.other}</th>
              <th scope="col">{t.kappa}</th>
              <th scope="col" className={classes.figure}>
                {t.percentAlike}
              </th>
              <th scope="col" className={classes.figure}>
                {t.common}
              </th>
            </tr>
          </thead>
          <tbody>
            {pairs.map((pair) => (
              <tr key={pair.labeler}>
                <th scope="row">
                  <Link to={`/projects/${project}/labelers/${pair.labeler}`}>{pair.name}</Link>
                </th>
                <td title={two(pair.kappa.estimate)}>
                  <Interval {...pair.kappa} from={from} />
                </td>
                <td className={classes.figure}>{formatPercent(pair.agreement, 0)}</td>
                <td className={classes.figure}>{formatNumber(pair.common)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  );
}
