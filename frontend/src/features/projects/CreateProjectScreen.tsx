// A new project: choose images, ask a question, name the answers.
import { Button, Chip, Group, Input, NativeSelect } from "@mantine/core";
import "@mantine/core/styles/Chip.css";
import { useMemo } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { useDataset, useDatasets } from "@/api/datasets";
import { useMessages } from "@/i18n/messages";
import { Page } from "@/ui/Page";
import { Empty, Loading, Problem } from "@/ui/states";
import { messages } from "./messages";
import { ProjectForm, type ProjectFormHook } from "./ProjectForm";
import { useCreateProject } from "./requests";
import { DEFAULTS, settingsOf } from "./rule";
import { newLabel } from "./schemaDraft";

export function CreateProjectScreen() {
  const t = useMessages(messages);
  const [search] = useSearchParams();
  const go = useNavigate();
  const datasets = useDatasets();
  const create = useCreateProject();
  const first = search.get("dataset") ?? (datasets.rows.length === 1 ? datasets.rows[0]?.id : "");
  const initial = useMemo(() => ({ ...DEFAULTS, dataset: String(first ?? "") }), [first]);
  const labels = useMemo(() => [newLabel(), newLabel()], []);
  if (datasets.rows.length === 0) return <NoDatasetYet query={datasets.query} />;
  return (
    <Page title={t.createTitle}>
      <ProjectForm
        initial={initial}
        initialLabels={labels}
        images={(form) => <Images form={form} />}
        saveLabel={t.create}
        saving={create.isPending}
        onSave={async (values, document) => {
          const project = await create.mutateAsync({
            ...settingsOf(values),
            task_type: "choice",
            schema: document,
          });
          await go(`/projects/${project.id}`);
        }}
      />
    </Page>
  );
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
