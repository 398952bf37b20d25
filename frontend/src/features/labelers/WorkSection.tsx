// One's own work by day: how much, and how long an answer takes. No goals, no ranks.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { formatDay, formatNumber, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty } from "@/ui/states";
import { secondsOf } from "./LabelersScreen";
import type { MyWork } from "./requests";
import classes from "./WorkSection.module.css";
import { messages } from "./workMessages";

export function WorkSection({ project, work }: { project: number; work: MyWork }) {
  const t = useMessages(messages);
  if (work.total === 0) {
    return (
      <Empty
        icon="chart"
        title={t.none}
        action={
          <Button component={Link} to={`/projects/${project}/label`}>
            {t.label}
          </Button>
        }
      >
        {t.noneText}
      </Empty>
    );
  }
  const { median_ms: median, per_hour: pace } = work;
  return (
    <>
      <StatRow>
        <StatTile label={t.today} value={formatNumber(work.today)} />
        <StatTile label={t.thisWeek} value={formatNumber(work.this_week)} note={t.thisWeekNote} />
        <StatTile label={t.total} value={formatNumber(work.total)} />
        <StatTile
          label={t.time}
          value={median === null ? "–" : t.seconds(secondsOf(median))}
          note={t.timeNote}
        />
        <StatTile
          label={t.perHour}
          value={pace === null ? "–" : formatNumber(Math.round(pace))}
          note={t.perHourNote}
        />
      </StatRow>
      <Section title={t.days}>
        <Days days={work.days} />
      </Section>
    </>
  );
}

function Days({ days }: Pick<MyWork, "days">) {
  const t = useMessages(messages);
  const most = Math.max(1, ...days.map(({ answers }) => answers));
  return (
    <ol className={classes.days} aria-label={t.days}>
      {days.map(({ day, answers }) => {
        const words = t.day(formatDay(`${day}T12:00`), answers);
        return (
          <li key={day} className={classes.day} title={words}>
            <span className="lh-hidden">{words}</span>
            <span className={classes.count} aria-hidden="true">
              {answers > 0 ? formatNumber(answers) : ""}
            </span>
            <span className={classes.track} aria-hidden="true">
              <span className={classes.bar} style={{ height: `${(answers / most) * 100}%` }} />
            </span>
            <span className={classes.number} aria-hidden="true">
              {Number(day.slice(8))}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
