// The rule of how many votes an image or a pair gets, and what that comes to in all.
import { TextInput } from "@mantine/core";
import { useDataset } from "@/api/datasets";
import { useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import type { ProjectFormHook } from "./ProjectForm";
import classes from "./ProjectForm.module.css";
import { ruleProblems } from "./rule";
import type { TypeName } from "./typeDraft";

const RULE_FIELDS = ["min_votes", "max_votes", "confidence"] as const;

interface VotesProps {
  form: ProjectFormHook;
  type: TypeName;
  /** How many pairs are asked about so far, where it is pairs. */
  pairs?: number;
}

export function VotesSection({ form, type, pairs = 0 }: VotesProps) {
  const t = useMessages(messages);
  const paired = type === "pair";
  const images = useDataset(Number(form.values.dataset)).data?.item_count ?? 0;
  const asked = paired ? pairs : images;
  const [min, max] = [Number(form.values.min_votes), Number(form.values.max_votes)];
  const ready = Object.keys(ruleProblems(form.values)).length === 0;
  const wrong = RULE_FIELDS.flatMap((field) => form.errors[field] ?? []);
  const sure = `${form.values.confidence}%`;
  const rule = min === max ? t.ruleSame(min) : t.rule(min, max, sure);
  const rulePair = min === max ? t.pairRuleSame(min) : t.pairRule(min, max, sure);
  const estimate = paired ? t.pairEstimate : t.estimate;
  return (
    <Section title={t.votesSection}>
      <div className={classes.rule}>
        <Figure form={form} field="min_votes" label={t.minVotes} />
        <Figure
          form={form}
          field="max_votes"
          label={t.maxVotes}
          unit={paired ? t.perPair : t.perItem}
        />
        <Figure form={form} field="confidence" label={t.confidence} unit={t.confidenceUnit} />
      </div>
      {wrong.length > 0 && (
        <p className={classes.wrong} role="alert">
          {wrong.join(" ")}
        </p>
      )}
      {ready && (
        <p className={classes.note}>
          {paired ? rulePair : rule}
          {asked > 0 && form.values.splits.length === 0 && (
            <strong> {estimate(min * asked, max * asked, asked)}.</strong>
          )}
        </p>
      )}
    </Section>
  );
}

export function Figure(props: {
  form: ProjectFormHook;
  field: "min_votes" | "max_votes" | "confidence" | "random_share";
  label: string;
  unit?: string;
}) {
  return (
    <div className={classes.figure}>
      <TextInput
        label={props.label}
        inputMode="decimal"
        w={72}
        classNames={{ label: classes.figureLabel }}
        {...props.form.getInputProps(props.field)}
        // Said below the row, where there is room.
        error={Boolean(props.form.errors[props.field])}
      />
      {props.unit && <span className={classes.unit}>{props.unit}</span>}
    </div>
  );
}
