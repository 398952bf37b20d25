// What people are told of each other, and how often somebody is asked the same again unseen.
import { Checkbox, TextInput } from "@mantine/core";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import type { ProjectFormHook } from "./ProjectForm";
import classes from "./ProjectForm.module.css";
import { repeatProblems } from "./rule";

export function PeopleSection({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  return (
    <Section title={t.peopleSection}>
      <div className={classes.fields}>
        <Checkbox
          label={t.labelersSeeFigures}
          description={t.labelersSeeFiguresHint}
          {...form.getInputProps("labelers_see_figures", { type: "checkbox" })}
        />
        <Checkbox
          label={t.reviewersSeeNames}
          description={t.reviewersSeeNamesHint}
          {...form.getInputProps("reviewers_see_names", { type: "checkbox" })}
        />
        <Repeats form={form} />
      </div>
    </Section>
  );
}

const FIELDS = ["repeat_share", "repeat_answers", "repeat_days"] as const;

function Repeats({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  const { repeat_share: share, repeat_answers: answers, repeat_days: days } = form.values;
  const ready = Object.keys(repeatProblems(form.values)).length === 0;
  const wrong = FIELDS.flatMap((field) => form.errors[field] ?? []);
  const labels = {
    repeat_share: t.repeatShare,
    repeat_answers: t.repeatAnswers,
    repeat_days: t.repeatDays,
  };
  const units = { repeat_share: "%", repeat_answers: t.repeatAnswersUnit, repeat_days: t.daysUnit };
  return (
    <fieldset className={classes.group}>
      <legend>{t.repeats}</legend>
      <div className={classes.rule}>
        {FIELDS.map((field) => (
          <div key={field} className={classes.figure}>
            <TextInput
              label={labels[field]}
              inputMode="decimal"
              w={72}
              classNames={{ label: classes.figureLabel }}
              {...form.getInputProps(field)}
              error={Boolean(form.errors[field])}
            />
            <span className={classes.unit}>{units[field]}</span>
          </div>
        ))}
      </div>
      {wrong.length > 0 && (
        <p className={classes.wrong} role="alert">
          {[...new Set(wrong)].join(" ")}
        </p>
      )}
      {ready && (
        <p className={classes.note}>
          {Number(share) === 0
            ? t.repeatsOff
            : t.repeatsText(formatNumber(Number(share)), Number(answers), Number(days))}
        </p>
      )}
    </fieldset>
  );
}
