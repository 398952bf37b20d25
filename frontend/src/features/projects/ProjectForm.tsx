// The settings of a project as a form, with the label screen as it will be beside it.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type FormEvent, type ReactNode, useState } from "react";
import { useDataset } from "@/api/datasets";
import type { ApiError } from "@/api/errors";
import type { JsonObject } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { showFieldErrors } from "@/ui/form";
import { nameOf, names } from "@/ui/names";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import { Preview } from "./Preview";
import classes from "./ProjectForm.module.css";
import { type ProjectValues, ruleProblems } from "./rule";
import { TypeEditor } from "./TypeEditor";
import { documentOfDraft, isSound, type SchemaDraft } from "./typeDraft";

export type ProjectFormHook = UseFormReturnType<ProjectValues>;

interface ProjectFormProps {
  initial: ProjectValues;
  initialDraft: SchemaDraft;
  /** The choice of the kind of question, which only a new project has. */
  kind?: (
    draft: SchemaDraft,
    onDraft: (draft: SchemaDraft) => void,
    form: ProjectFormHook,
  ) => ReactNode;
  /** The choice of dataset and parts, which only a new project has. */
  images?: (form: ProjectFormHook) => ReactNode;
  saveLabel: string;
  saving: boolean;
  /** Rejects with an ApiError where the server refuses. */
  onSave: (values: ProjectValues, draft: SchemaDraft, document: JsonObject) => Promise<unknown>;
  /** Of the schema that saving changes, for the note at the labels. */
  nextVersion?: number;
  /** Further sections, such as the state of a project. */
  children?: ReactNode;
  extraActions?: ReactNode;
}

export function ProjectForm(props: ProjectFormProps) {
  const t = useMessages(messages);
  const [draft, setDraft] = useState(props.initialDraft);
  const [strict, setStrict] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm<ProjectValues>({
    initialValues: props.initial,
    validate: (values) => ({
      ...missing(values, t),
      ...Object.fromEntries(
        Object.entries(ruleProblems(values)).map(([field, why]) => [field, t[`rule_${why}`]]),
      ),
    }),
  });
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setStrict(true);
    setRefusal(null);
    const wrong = form.validate().hasErrors || !isSound(draft);
    if (wrong) {
      focusFirstProblem(event.currentTarget as HTMLFormElement);
      return;
    }
    try {
      await props.onSave(form.values, draft, documentOfDraft(draft));
    } catch (error) {
      setRefusal(showFieldErrors(form, error as ApiError));
    }
  };
  const changedSchema =
    JSON.stringify(documentOfDraft(draft)) !== JSON.stringify(documentOfDraft(props.initialDraft));
  return (
    <div className={classes.columns}>
      <form className={classes.form} onSubmit={(event) => void submit(event)} noValidate>
        {props.images && <Section title={t.images}>{props.images(form)}</Section>}
        {props.kind?.(draft, setDraft, form)}
        <QuestionSection form={form} />
        <Section title={t.answers}>
          <TypeEditor draft={draft} onChange={setDraft} strict={strict} />
          {props.nextVersion !== undefined && changedSchema && (
            <p className={classes.note}>{t.newVersion(props.nextVersion)}</p>
          )}
        </Section>
        <VotesSection form={form} />
        <LearningSection form={form} type={draft.type} fixedShare={props.images === undefined} />
        <Section title={t.guidelines}>
          <Textarea
            aria-label={t.guidelines}
            description={t.guidelinesHint}
            placeholder={t.guidelinesExample}
            autosize
            minRows={6}
            maxRows={20}
            classNames={{ input: classes.guidelines }}
            {...form.getInputProps("guidelines")}
          />
        </Section>
        {props.children}
        <div className={classes.bar}>
          {refusal && (
            <p className={classes.refusal} role="alert">
              {refusal}
            </p>
          )}
          {props.extraActions}
          <Button type="submit" loading={props.saving}>
            {props.saveLabel}
          </Button>
        </div>
      </form>
      <Preview values={form.values} draft={draft} />
    </div>
  );
}

type Texts = typeof messages.english;

function missing(values: ProjectValues, t: Texts): Record<string, string> {
  const found: Record<string, string> = {};
  if (values.dataset === "") found.dataset = t.chooseDataset;
  if (values.name.trim() === "") found.name = t.nameMissing;
  if (values.question.trim() === "") found.question = t.questionMissing;
  return found;
}

function focusFirstProblem(form: HTMLFormElement): void {
  requestAnimationFrame(() => {
    const first = form.querySelector<HTMLElement>('[aria-invalid="true"], [role="alert"]');
    first?.scrollIntoView({ block: "center" });
    first?.focus();
  });
}

function QuestionSection({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  return (
    <Section title={t.questionSection}>
      <div className={classes.fields}>
        <TextInput
          label={t.name}
          placeholder={t.nameExample}
          maxLength={200}
          {...form.getInputProps("name")}
        />
        <TextInput
          label={t.question}
          placeholder={t.questionExample}
          maxLength={500}
          {...form.getInputProps("question")}
        />
      </div>
    </Section>
  );
}

const RULE_FIELDS = ["min_votes", "max_votes", "confidence"] as const;

function VotesSection({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  const items = useDataset(Number(form.values.dataset)).data?.item_count ?? 0;
  const [min, max] = [Number(form.values.min_votes), Number(form.values.max_votes)];
  const ready = Object.keys(ruleProblems(form.values)).length === 0;
  const wrong = RULE_FIELDS.flatMap((field) => form.errors[field] ?? []);
  const sure = `${form.values.confidence}%`;
  return (
    <Section title={t.votesSection}>
      <div className={classes.rule}>
        <Figure form={form} field="min_votes" label={t.minVotes} />
        <Figure form={form} field="max_votes" label={t.maxVotes} unit={t.perItem} />
        <Figure form={form} field="confidence" label={t.confidence} unit={t.confidenceUnit} />
      </div>
      {wrong.length > 0 && (
        <p className={classes.wrong} role="alert">
          {wrong.join(" ")}
        </p>
      )}
      {ready && (
        <p className={classes.note}>
          {min === max ? t.ruleSame(min) : t.rule(min, max, sure)}
          {items > 0 && form.values.splits.length === 0 && (
            <strong> {t.estimate(min * items, max * items, items)}.</strong>
          )}
        </p>
      )}
    </Section>
  );
}

function Figure(props: {
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

const ROWS = {
  recipe: ["fast", "svm", "cnn", "hog_logreg", "small_cnn"],
  strategy: ["phased", "margin", "cluster_margin", "entropy", "uniform"],
  consensus_method: ["auto", "dawid_skene", "one_coin", "majority"],
} as const;

type RowField = keyof typeof ROWS;

function RowSelect({
  form,
  field,
  label,
}: {
  form: ProjectFormHook;
  field: RowField;
  label: string;
}) {
  const called = useMessages(names);
  const kind = field === "consensus_method" ? "method" : field;
  return (
    <NativeSelect
      label={label}
      data={withCurrent(ROWS[field], form.values[field]).map((name) => ({
        value: name,
        label: nameOf(called, kind, name),
      }))}
      {...form.getInputProps(field)}
    />
  );
}

interface LearningProps {
  form: ProjectFormHook;
  type: string;
  fixedShare: boolean;
}

/** Models learn from choices; the other kinds have one consensus method each. */
function LearningSection({ form, type, fixedShare }: LearningProps) {
  const t = useMessages(messages);
  return (
    <Section title={t.learningSection}>
      <details className={classes.details}>
        <summary>{t.learningSummary}</summary>
        <div className={classes.fields}>
          {type === "choice" && (
            <>
              <Checkbox
                label={t.autoTrain}
                {...form.getInputProps("auto_train", { type: "checkbox" })}
              />
              <RowSelect form={form} field="recipe" label={t.recipe} />
              <RowSelect form={form} field="strategy" label={t.strategy} />
            </>
          )}
          {(type === "choice" || type === "pair") && (
            <RowSelect form={form} field="consensus_method" label={t.method} />
          )}
          {!fixedShare && (
            <div>
              <Figure form={form} field="random_share" label={t.randomShare} unit="%" />
              <p className={classes.note}>{t.randomShareHint}</p>
            </div>
          )}
          {fixedShare && (
            <p className={classes.note}>
              {t.randomShareFixed(formatNumber(Number(form.values.random_share)))}
            </p>
          )}
        </div>
      </details>
    </Section>
  );
}

/** A value that came from elsewhere stays choosable. */
function withCurrent(names: readonly string[], current: string): readonly string[] {
  return names.includes(current) ? names : [...names, current];
}
