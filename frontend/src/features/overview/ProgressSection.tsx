// How the tasks stand, who has some in hand, and how fast votes come in.
import type { ReactNode } from "react";
import type { Report } from "@/api/types";
import { Columns } from "@/charts/Sparkline";
import { TaskProgress } from "@/charts/TaskProgress";
import { formatClock, formatNumber, formatTime, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import classes from "./ProgressSection.module.css";

export function ProgressSection({ report }: { report: Report }) {
  const t = useMessages(messages);
  const { progress, queue, pace } = report;
  return (
    <Section title={t.progress}>
      <TaskProgress progress={progress} tall />
      <dl className={classes.facts}>
        <Fact name={t.settled} mark="settled" value={formatNumber(progress.settled)} />
        <Fact name={t.disputed} mark="disputed" value={formatNumber(progress.disputed)} />
        <Fact name={t.open} mark="open" value={formatNumber(progress.open)} />
      </dl>
      <h3 className={classes.heading}>{t.queue}</h3>
      <dl className={classes.facts}>
        <Fact name={t.free} value={formatNumber(queue.free)} />
        <Fact name={t.held} value={formatNumber(queue.held)} />
        {queue.free === 0 && queue.next_free_in_seconds !== null && (
          <Fact name={t.nextFree} value={formatClock(queue.next_free_in_seconds)} />
        )}
      </dl>
      {pace.by_hour.length > 0 && (
        <>
          <h3 className={classes.heading}>
            {t.pace} <span className={classes.aside}>{t.lastDay}</span>
          </h3>
          <Columns
            label={t.pace}
            height={44}
            columns={pace.by_hour.map(({ at, votes }) => ({
              key: at,
              name: formatTime(at),
              value: votes,
            }))}
          />
          <div className={classes.axis}>
            <span>{t.dayAgo}</span>
            <span>{t.now}</span>
          </div>
        </>
      )}
    </Section>
  );
}

function Fact({ name, value, mark }: { name: string; value: ReactNode; mark?: string }) {
  return (
    <div className={classes.fact}>
      <dt>
        {mark && <span className={classes.mark} data-mark={mark} aria-hidden="true" />}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}
