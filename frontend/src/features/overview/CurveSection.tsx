// The learning curve of the model's choice against the random arm.
import { useState } from "react";
import type { Report } from "@/api/types";
import { LearningCurve } from "@/charts/LearningCurve";
import type { Along } from "@/charts/series";
import { useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Empty } from "@/ui/states";
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
      <LearningCurve title={t.curveTitle} active={active} random={random} along={along} />
      <p className={classes.hint}>{t.curveHint}</p>
    </Section>
  );
}
