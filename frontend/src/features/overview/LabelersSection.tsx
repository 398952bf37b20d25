// Who has answered, and how much their answers are worth.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project, Report } from "@/api/types";
import { Interval } from "@/charts/Interval";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { Empty } from "@/ui/states";
import classes from "./LabelersSection.module.css";
import { messages } from "./messages";

type Labeler = Report["labelers"][number];

interface LabelersSectionProps {
  project: Project;
  report: Report;
}

/** The scale of the skills begins at a round figure below the lowest of them. */
export function scaleStart(labelers: readonly Pick<Labeler, "skill" | "skill_low">[]): number {
  const lows = labelers.flatMap(({ skill, skill_low }) => skill_low ?? skill ?? []);
  return Math.max(0, Math.floor(Math.min(0.9, ...lows) * 10) / 10);
}

export function LabelersSection({ project, report }: LabelersSectionProps) {
  const t = useMessages(messages);
  const user = useUser();
  const manages = roleIn(project, user) === "manager";
  const rows = [...report.labelers].sort((a, b) => b.votes - a.votes);
  if (rows.length === 0) {
    return (
      <Section title={t.labelers}>
        <Empty
          icon="users"
          title={t.noVotes}
          action={
            manages ? (
              <Button component={Link} to={`/projects/${project.id}/members`} variant="default">
                {t.invite}
              </Button>
            ) : undefined
          }
        >
          {t.noVotesText}
        </Empty>
      </Section>
    );
  }
  return (
    <Section title={t.labelers}>
      <Table rows={rows} label={t.labelers} />
    </Section>
  );
}

function Table({ rows, label }: { rows: readonly Labeler[]; label: string }) {
  const t = useMessages(messages);
  const from = scaleStart(rows);
  const most = Math.max(1, ...rows.map(({ votes }) => votes));
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col">{t.name}</th>
            <th scope="col" className={classes.votes}>
              {t.votes}
            </th>
            <th scope="col" title={t.skillHint}>
              {t.skill}
            </th>
            <th scope="col" className={classes.figure} title={t.agreementHint}>
              {t.agreementOthers}
            </th>
            <th scope="col" className={classes.figure} title={t.timeHint}>
              {t.time}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <th scope="row">{row.name}</th>
              <td className={classes.votes}>
                <span className={classes.count}>{formatNumber(row.votes)}</span>
                <span className={classes.bar} aria-hidden="true">
                  <span style={{ width: `${(row.votes / most) * 100}%` }} />
                </span>
              </td>
              <td>
                <Interval
                  estimate={row.skill}
                  low={row.skill_low}
                  high={row.skill_high}
                  from={from}
                />
              </td>
              <td className={classes.figure}>{formatPercent(row.agreement, 0)}</td>
              <td className={classes.figure}>
                {row.median_ms === null ? "–" : t.seconds(seconds(row.median_ms))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const seconds = (milliseconds: number) =>
  formatNumber(milliseconds / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
