// A new project: choose images, ask a question, name the answers.
import { Button, Chip, Group, Input, NativeSelect } from "@mantine/core";
import "@mantine/core/styles/Chip.css";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useDataset, useDatasets } from "@/api/datasets";
import type { TaskTypeName } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { TASK_TYPES } from "@/task-types";
import { Page } from "@/ui/Page";
import { Empty, Loading, Problem } from "@/ui/states";
import { KindSection } from "./KindSection";
import { messages } from "./messages";
import { ProjectForm, type ProjectFormHook } from "./ProjectForm";
import { useCreateProject } from "./requests";
import { DEFAULTS, type ProjectValues, settingsOf } from "./rule";
import type { Template } from "./templates";
import { asType, draftOfSchema, emptyDraft, type SchemaDraft, type TypeName } from "./typeDraft";

type Texts = typeof messages.english;

/** Kinds that this page can also show. */
const known = Object.keys(TASK_TYPES);

export function CreateProjectScreen() {
  const t = useMessages(messages);
  const [search] = useSearchParams();
  const go = useNavigate();
  const datasets = useDatasets();
  const create = useCreateProject();
  const first = search.get("dataset") ?? (datasets.rows.length === 1 ? datasets.rows[0]?.id : "");
  const initial = useMemo(() => ({ ...DEFAULTS, dataset: String(first ?? "") }), [first]);
  const draft = useMemo(() => emptyDraft("choice"), []);
  if (datasets.rows.length === 0) return <NoDatasetYet query={datasets.query} />;
  return (
    <Page title={t.createTitle}>
      <ProjectForm
        initial={initial}
        initialDraft={draft}
        images={(form) => <Images form={form} />}
        saveLabel={t.create}
        saving={create.isPending}
        kind={(draft, onDraft, form) => (
          <KindSection
            type={draft.type}
            known={known}
            onType={(type) => onDraft(asType(draft, type))}
            onTemplate={(template) => onDraft(fromTemplate(template, form, t))}
          />
        )}
        onSave={async (values, draft, document) => {
          const project = await create.mutateAsync({
            ...settingsFor(draft.type, values),
            task_type: draft.type as TaskTypeName,
            schema: document,
          });
          // Nothing is asked yet: which pairs it is about comes next.
          const pairs = draft.type === "pair";
          await go(`/projects/${project.id}${pairs ? "/settings#pairs" : ""}`);
        }}
      />
    </Page>
  );
}

/** Recipe and strategy are chosen for choices; other kinds get the server's own. */
function settingsFor(type: TypeName, values: ProjectValues) {
  const { recipe, strategy, auto_train, ...settings } = settingsOf(values);
  return type === "choice" ? { ...settings, recipe, strategy, auto_train } : settings;
}

/** Fills the form in as the template has it, and leaves what somebody has written. */
function fromTemplate(template: Template, form: ProjectFormHook, t: Texts): SchemaDraft {
  const written = form.values;
  form.setValues({
    ...written,
    ...template.rule,
    question: t[`ask_${template.key}`],
    name: written.name || t[`template_${template.key}`],
    guidelines: written.guidelines || (template.guidelines?.(t) ?? ""),
  });
  return draftOfSchema(template.type, template.document(t), false);
}

function NoDatasetYet({ query }: { query: ReturnType<typeof useDatasets>["query"] }) {
  const t = useMessages(messages);
  return (
    <Page title={t.createTitle}>
      {query.isPending && <Loading />}
      {query.error && <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && (
        <Empty
          icon="datasets"
          title={t.noDatasets}
          action={
            <Button component={Link} to="/datasets">
              {t.toDatasets}
            </Button>
          }
        />
      )}
    </Page>
  );
}

function Images({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  const { rows } = useDatasets();
  const splits = useDataset(Number(form.values.dataset)).data?.splits ?? [];
  return (
    <>
      <NativeSelect
        label={t.dataset}
        data={[
          { value: "", label: t.chooseDataset, disabled: true },
          ...rows.map((dataset) => ({
            value: String(dataset.id),
            label: t.datasetOption(dataset.name, dataset.item_count),
          })),
        ]}
        {...form.getInputProps("dataset")}
        onChange={(event) => {
          form.setFieldValue("dataset", event.currentTarget.value);
          form.setFieldValue("splits", []);
        }}
      />
      {splits.length > 1 && (
        <Input.Wrapper label={t.splits} description={t.splitsHint} mt="md">
          <Chip.Group multiple {...form.getInputProps("splits")}>
            <Group gap="xs" mt={4}>
              {splits.map((split) => (
                <Chip key={split} value={split} size="sm" radius="sm" variant="outline">
                  {split || t.split_none}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
      )}
    </>
  );
}
