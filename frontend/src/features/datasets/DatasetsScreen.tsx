// All datasets, with what they hold and which projects ask about them.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { useDatasets, useSampleItems } from "@/api/datasets";
import type { Dataset } from "@/api/types";
import { formatDay, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { Mosaic } from "@/ui/Mosaic";
import { Page } from "@/ui/Page";
import { Empty, Loading, Problem } from "@/ui/states";
import { DatasetForm } from "./DatasetForm";
import classes from "./DatasetsScreen.module.css";
import { messages } from "./messages";
import { useCreateDataset } from "./requests";

export function DatasetsScreen() {
  const t = useMessages(messages);
  const { rows, query } = useDatasets();
  const [adding, setAdding] = useState(false);
  const create = useCreateDataset();
  const go = useNavigate();
  const add = (
    <Button leftSection={<Icon name="plus" />} onClick={() => setAdding(true)}>
      {t.newDataset}
    </Button>
  );
  return (
    <Page title={t.title} actions={rows.length > 0 ? add : undefined}>
      {query.isPending && <Loading />}
      {query.error && rows.length === 0 && (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && rows.length === 0 && (
        <Empty icon="datasets" title={t.emptyTitle} action={add}>
          {t.emptyText}
        </Empty>
      )}
      {rows.length > 0 && (
        <ul className={classes.list}>
          {rows.map((dataset) => (
            <Row key={dataset.id} dataset={dataset} />
          ))}
        </ul>
      )}
      {adding && (
        <DatasetForm
          saving={create.isPending}
          onSave={async (values) => {
            const made = await create.mutateAsync(values);
            await go(`/datasets/${made.id}`);
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </Page>
  );
}

function Row({ dataset }: { dataset: Dataset }) {
  const t = useMessages(messages);
  const sample = useSampleItems(dataset.id, 4, dataset.item_count > 0);
  return (
    <li className={classes.row}>
      <Mosaic items={sample.data} />
      <div className={classes.names}>
        <Link to={`/datasets/${dataset.id}`} className={classes.name}>
          {dataset.name}
        </Link>
        <div className={classes.facts}>
          {[t[`kind_${dataset.kind}`], dataset.licence, dataset.source].filter(Boolean).join(" · ")}
        </div>
      </div>
      <div className={classes.count}>{t.images(dataset.item_count)}</div>
      <Projects dataset={dataset} />
      <div className={classes.date}>{formatDay(dataset.created_at)}</div>
    </li>
  );
}

function Projects({ dataset }: { dataset: Dataset }) {
  const t = useMessages(messages);
  if (dataset.projects.length === 0) return <div className={classes.none}>{t.noProjects}</div>;
  return (
    <div className={classes.projects}>
      {dataset.projects.map((project) => (
        <Link key={project.id} to={`/projects/${project.id}`} className={classes.project}>
          {project.name}
        </Link>
      ))}
    </div>
  );
}
