// The few figures that matter most, in one row.
import { Link } from "react-router";
import type { Project, Report } from "@/api/types";
import { settledShare } from "@/charts/TaskProgress";
import {
  formatNumber,
  formatPercent,
  formatPercentRange,
  formatRelative,
  useMessages,
} from "@/i18n/messages";
import { StatRow, StatTile } from "@/ui/StatTile";
import { messages } from "./messages";

interface HeadlineProps {
  project: Project;
  report: Report;
  leads: boolean;
}

const decimal = (value: number, digits: number) =>
  formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

export function Headline({ project, report, leads }: HeadlineProps) {
  const t = useMessages(messages);
  const { progress } = report;
  return (
    <StatRow>
      <StatTile
        label={t.settled}
        value={formatPercent(settledShare(progress), 0)}
        note={t.settledOf(progress.settled, progress.tasks)}
      />
      {!leads && report.labelers.map((row) => <Own key={row.id} row={row} />)}
      {leads && (
        <>
          <Disputed project={project} count={progress.disputed} />
          <Votes report={report} />
          <Agreement report={report} />
          <Model project={project} report={report} />
          <Finish report={report} />
        </>
      )}
    </StatRow>
  );
}

/** What labelers see of themselves. */
function Own({ row }: { row: Report["labelers"][number] }) {
  const t = useMessages(messages);
  const { skill, skill_low: low, skill_high: high } = row;
  return (
    <>
      <StatTile label={t.yourVotes} value={formatNumber(row.votes)} />
      <StatTile
        label={t.skill}
        value={formatPercent(skill, 0)}
        note={low === null || high === null ? t.tooFewVotes : formatPercentRange(low, high)}
      />
      <StatTile
        label={t.agreementOthers}
        value={formatPercent(row.agreement, 0)}
        note={t.compared(row.compared)}
      />
      <StatTile
        label={t.timePerAnswer}
        value={row.median_ms === null ? "–" : t.seconds(decimal(row.median_ms / 1000, 1))}
      />
    </>
  );
}

function Disputed({ project, count }: { project: Project; count: number }) {
  const t = useMessages(messages);
  return (
    <StatTile
      label={t.disputed}
      value={formatNumber(count)}
      tone={count > 0 ? "warn" : undefined}
      note={
        count > 0 ? (
          <Link to={`/projects/${project.id}/review`}>{t.waitForReview}</Link>
        ) : (
          t.nothingToReview
        )
      }
    />
  );
}

function Votes({ report }: { report: Report }) {
  const t = useMessages(messages);
  const perItem = report.progress.settled > 0 ? report.forecast?.votes_per_item : undefined;
  return (
    <StatTile
      label={t.votes}
      value={formatNumber(report.progress.votes)}
      note={perItem === undefined ? undefined : t.votesPerTask(decimal(perItem, 1))}
    />
  );
}

function Agreement({ report: { agreement } }: { report: Report }) {
  const t = useMessages(messages);
  const { alpha, alpha_low: low, alpha_high: high } = agreement;
  const pairs = agreement.by === "distance" ? t.agreementLike : t.agreementPairs;
  if (alpha === null) return <StatTile label={t.agreement} value="–" note={t.tooFewVotes} />;
  const note =
    low === null || high === null
      ? pairs(formatPercent((agreement.percent ?? 0) / 100, 0))
      : t.agreementNote(decimal(low, 2), decimal(high, 2));
  return (
    <StatTile
      label={t.agreement}
      value={decimal(alpha, 2)}
      note={agreement.since > 0 ? t.agreementSince(note, agreement.since) : note}
    />
  );
}

function Model({ project, report: { model } }: { project: Project; report: Report }) {
  const t = useMessages(messages);
  if (!model) return <StatTile label={t.model} value="–" note={t.noModel} />;
  if (model.accuracy === null) return <StatTile label={t.model} value="–" note={t.noHoldout} />;
  const range = formatPercentRange(model.low ?? 0, model.high ?? 1);
  return (
    <StatTile
      label={t.model}
      value={formatPercent(model.accuracy)}
      note={
        <>
          {t.modelNote(range, model.holdout)},{" "}
          <Link to={`/projects/${project.id}/runs/${model.run}`}>{t.version(model.version)}</Link>
        </>
      }
    />
  );
}

function Finish({ report: { forecast, progress } }: { report: Report }) {
  const t = useMessages(messages);
  if (progress.tasks > 0 && progress.open === 0) {
    return <StatTile label={t.finishDone} value={t.done} tone="ok" />;
  }
  if (!forecast?.finish_at) {
    return <StatTile label={t.finish} value="–" note={forecast?.reason ?? t.noForecast} />;
  }
  return (
    <StatTile
      label={t.finish}
      value={formatRelative(forecast.finish_at)}
      note={t.votesLeft(forecast.votes_left)}
    />
  );
}
