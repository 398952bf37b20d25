// The settings of a project as a form, with the label screen as it will be beside it.
import { Button, Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { type UseFormReturnType, useForm } from "@mantine/form";
import { type FormEvent, type ReactNode, useState } from "react";
import type { ApiError } from "@/api/errors";
import type { JsonObject } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { showFieldErrors } from "@/ui/form";
import { nameOf, names } from "@/ui/names";
import { Section } from "@/ui/Page";
import { MethodSelect } from "./MethodSelect";
import { messages } from "./messages";
import { PeopleSection } from "./PeopleSection";
import { Preview } from "./Preview";
import classes from "./ProjectForm.module.css";
import { type ProjectValues, repeatProblems, ruleProblems } from "./rule";
import { TypeEditor } from "./TypeEditor";
import { documentOfDraft, isSound, type SchemaDraft } from "./typeDraft";
import { Figure, VotesSection } from "./VotesSection";
import { WeightsSelect } from "./WeightsSelect";

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
  /** How many pairs a project of pairs asks about so far. */
  pairs?: number;
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
        Object.entries({ ...ruleProblems(values), ...repeatProblems(values) }).map(
          ([field, why]) => [field, t[`rule_${why}`]],
        ),
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
        <VotesSection form={form} type={draft.type} pairs={props.pairs} />
        <PeopleSection form={form} />
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

const ROWS = {
  recipe: ["fast", "svm", "cnn", "hog_logreg", "small_cnn", "external"],
  strategy: ["phased", "margin", "cluster_margin", "entropy", "uniform"],
} as const;

const PERIODS = ["day", "all"] as const;
const FOREIGN = ["last", "aside", "off"] as const;

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
  return (
    <NativeSelect
      label={label}
      data={withCurrent(ROWS[field], form.values[field]).map((name) => ({
        value: name,
        label: nameOf(called, field, name),
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

/** Models learn from choices and lines; every kind of answer has its consensus methods. */
function LearningSection({ form, type, fixedShare }: LearningProps) {
  const t = useMessages(messages);
  return (
    <Section title={t.learningSection}>
      <details className={classes.details}>
        <summary>{t.learningSummary}</summary>
        <div className={classes.fields}>
          {(type === "choice" || type === "transcription") && (
            <Checkbox
              label={t.autoTrain}
              {...form.getInputProps("auto_train", { type: "checkbox" })}
            />
          )}
          {type === "choice" && (
            <>
              <Checkbox
                label={t.modelInConsensus}
                description={t.modelInConsensusHint}
                {...form.getInputProps("model_in_consensus", { type: "checkbox" })}
              />
              <RowSelect form={form} field="recipe" label={t.recipe} />
              {form.values.recipe === "external" && <WeightsSelect form={form} />}
              <RowSelect form={form} field="strategy" label={t.strategy} />
              <NativeSelect
                label={t.foreignItems}
                data={FOREIGN.map((value) => ({ value, label: t[`foreign_${value}`] }))}
                {...form.getInputProps("foreign_items")}
              />
            </>
          )}
          {(type === "choice" || type === "transcription") && (
            <>
              <TextInput
                label={t.trainQuota}
                description={t.trainQuotaHint}
                inputMode="numeric"
                {...form.getInputProps("train_quota")}
              />
              <NativeSelect
                label={t.quotaPeriod}
                data={PERIODS.map((value) => ({ value, label: t[`quota_${value}`] }))}
                {...form.getInputProps("train_quota_period")}
              />
            </>
          )}
          <MethodSelect form={form} type={type} label={t.method} />
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
