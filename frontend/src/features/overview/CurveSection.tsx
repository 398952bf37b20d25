// The learning curve of the model's choice against the random arm.
import { useState } from "react";
import type { Report } from "@/api/types";
import { LearningCurve } from "@/charts/LearningCurve";
import type { Along } from "@/charts/series";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import classes from "./CurveSection.module.css";
import { messages } from "./messages";

/** Settled tasks that the first model waits for. */
const FIRST_MODEL = 20;

export function CurveSection({ report }: { report: Report }) {
  const t = useMessages(messages);
  const [along, setAlong] = useState<Along>("votes");
  const { active, random } = report.learning_curve;
  if (active.length + random.length === 0) {
    const missing = Math.max(0, FIRST_MODEL - report.progress.settled);
    return (
      <Section title={t.curve}>
        <Empty icon="chart" title={t.curveEmpty}>
          {t.curveEmptyText(missing)}
        </Empty>
      </Section>
    );
  }
  return (
    <Section
      title={t.curve}
      actions={
        <Segmented
          label={t.along}
          value={along}
          onChange={setAlong}
          options={[
            { value: "votes", label: t.alongVotes },
            { value: "labels", label: t.alongLabels },
          ]}
        />
      }
    >
      <LearningCurve
        title={t.curveTitle}
        active={active}
        random={random}
        trend={report.learning.trend}
        along={along}
      />
      <p className={classes.hint}>{t.curveHint}</p>
      <Worth report={report} />
    </Section>
  );
}

/** What choosing saved, what more votes would bring, and what the model has a say in. */
function Worth({ report }: { report: Report }) {
  const t = useMessages(messages);
  const { saved, next_gain: gain, advice } = report.learning;
  const share = report.model_share;
  return (
    <div className={classes.worth}>
      <StatRow>
        <StatTile
          label={t.saved}
          value={saved ? formatNumber(Math.round(saved.value)) : "–"}
          note={
            saved ? t.savedRange(whole(saved.low), whole(saved.high), saved.open_ended) : t.tooFew
          }
        />
        <StatTile
          label={t.nextGain}
          value={gain ? t.points(pointsOf(gain.value)) : "–"}
          note={gain ? t.gainRange(pointsOf(gain.low), pointsOf(gain.high)) : t.tooFew}
        />
        {share && (
          <StatTile
            label={t.withoutModel}
            value={t.differ(share.differ, share.tasks)}
            note={
              share.known > 0
                ? t.known(share.known, share.known_right_with, share.known_right_without)
                : t.noKnown
            }
          />
        )}
      </StatRow>
      {advice && (
        <div className={classes.advice}>
          <Tag tone={advice.stop ? "ok" : "neutral"}>{advice.stop ? t.mayStop : t.goOn}</Tag>
          <ul className={classes.reasons}>
            {advice.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const whole = (value: number) => formatNumber(Math.round(value));
const pointsOf = (share: number) => formatNumber(100 * share, { maximumFractionDigits: 1 });
