// Trainings of the project, and the model versions that came of them.
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link, useNavigate } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useReport } from "@/api/report";
import { useUser } from "@/api/session";
import type { ModelVersion, Project, Run } from "@/api/types";
import { Interval } from "@/charts/Interval";
import { formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { notify, notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { BudgetLine } from "./BudgetLine";
import { messages } from "./messages";
import { PredictionsDialog } from "./PredictionsDialog";
import { PredictionsSection } from "./PredictionsSection";
import { PREDICTABLE } from "./predictions";
import classes from "./RunsScreen.module.css";
import { useRuns, useServeVersion, useVersions } from "./requests";
import { StateTag } from "./StateTag";
import { TrainDialog } from "./TrainDialog";

const FIRST_MODEL = 20;

export function RunsScreen() {
  const t = useMessages(messages);
  const project = useProject(useProjectId());
  if (!project.data) {
    return (
      <Page title={t.title}>
        <Loaded query={project}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Runs project={project.data} />;
}

function Runs({ project }: { project: Project }) {
  const t = useMessages(messages);
  const manages = roleIn(project, useUser()) === "manager";
  const runs = useRuns(project.id);
  const versions = useVersions(project.id);
  const go = useNavigate();
  const [asking, setAsking] = useState(false);
  const [bringing, setBringing] = useState(false);
  const columns = useMemo(() => runColumns(t), [t]);
  const serving = versions.rows.find((version) => version.serving);
  return (
    <Page
      title={t.title}
      description={serving && servingWords(t, serving)}
      actions={
        manages && (
          <>
            {PREDICTABLE.includes(project.task_type) && (
              <Button variant="default" onClick={() => setBringing(true)}>
                {t.predictionsBring}
              </Button>
            )}
            <Button onClick={() => setAsking(true)}>{t.train}</Button>
          </>
        )
      }
    >
      <BudgetLine project={project.id} />
      <DataTable
        label={t.title}
        columns={columns}
        rowKey={(run) => run.id}
        pages={runs}
        onRowClick={(run) => void go(`/projects/${project.id}/runs/${run.id}`)}
        empty={<NoRuns project={project} />}
      />
      {versions.rows.length > 0 && (
        <>
          <h2 className={classes.heading}>{t.versions}</h2>
          <Versions project={project} manages={manages} pages={versions} />
        </>
      )}
      <PredictionsSection project={project.id} />
      {bringing && <PredictionsDialog project={project} onClose={() => setBringing(false)} />}
      {asking && <TrainDialog project={project} onClose={() => setAsking(false)} />}
    </Page>
  );
}

function servingWords(t: typeof messages.english, version: ModelVersion): string {
  if (version.recipe !== "table") {
    return t.servingNow(version.number, t.labels(version.labels));
  }
  const words = t.servingBrought(version.number, version.name);
  return version.trained_on === "unknown" ? `${words} ${t.servingDoubtful}` : words;
}

function NoRuns({ project }: { project: Project }) {
  const t = useMessages(messages);
  const settled = useReport(project.id).data?.progress.settled ?? project.progress.settled;
  return (
    <Empty icon="runs" title={t.emptyTitle}>
      {project.auto_train ? t.emptyText(Math.max(0, FIRST_MODEL - settled)) : t.emptyManual}
    </Empty>
  );
}

function runColumns(t: typeof messages.english): Column<Run>[] {
  return [
    {
      key: "id",
      title: t.run,
      width: 64,
      render: (run) => (
        <Link to={`/projects/${run.project}/runs/${run.id}`} className={classes.id}>
          {run.id}
        </Link>
      ),
    },
    { key: "state", title: t.state, width: 96, render: (run) => <StateTag run={run} /> },
    {
      key: "trigger",
      title: t.trigger,
      wideOnly: true,
      render: (run) => (
        <span className={classes.why}>
          {run.arm === "random" && (
            <span title={t.controlHint}>
              <Tag>{t.arm_random}</Tag>
            </span>
          )}
          {run.trigger}
        </span>
      ),
    },
    { key: "recipe", title: t.recipe, wideOnly: true, render: (run) => run.recipe },
    {
      key: "labels",
      title: t.labelsColumn,
      align: "end",
      render: (run) => (run.snapshot ? formatNumber(run.snapshot.labelled) : "–"),
    },
    {
      key: "accuracy",
      title: t.accuracy,
      render: ({ holdout }) => <Accuracy holdout={holdout} />,
    },
    {
      key: "version",
      title: t.version,
      wideOnly: true,
      render: ({ version }) =>
        version && (
          <span className={classes.why}>
            {version.number}
            {version.serving && <Tag tone="ok">{t.serving}</Tag>}
          </span>
        ),
    },
    {
      key: "when",
      title: t.when,
      align: "end",
      wideOnly: true,
      render: (run) => (
        <span className={classes.when}>
          {formatRelative(run.finished_at ?? run.started_at ?? run.created_at)}
        </span>
      ),
    },
  ];
}

function Accuracy({ holdout }: { holdout: Run["holdout"] }) {
  return (
    <Interval
      estimate={holdout?.accuracy ?? null}
      low={holdout?.low ?? null}
      high={holdout?.high ?? null}
      from={0.5}
    />
  );
}

interface VersionsProps {
  project: Project;
  manages: boolean;
  pages: ReturnType<typeof useVersions>;
}

function Versions({ project, manages, pages }: VersionsProps) {
  const t = useMessages(messages);
  const serve = useServeVersion(project.id);
  const ask = async (version: ModelVersion) => {
    const sure = await confirm({
      title: t.serveTitle(version.number),
      body: t.serveText,
      action: t.serve,
    });
    if (!sure) return;
    serve.mutate(version.id, {
      onError: notifyProblem,
      onSuccess: () => notify(t.served(version.number)),
    });
  };
  const columns: Column<ModelVersion>[] = [
    { key: "number", title: t.version, width: 72, render: ({ number }) => number },
    {
      key: "recipe",
      title: t.recipe,
      wideOnly: true,
      render: ({ recipe, name }) => name || recipe,
    },
    {
      key: "labels",
      title: t.labelsColumn,
      align: "end",
      render: ({ labels, recipe }) => (recipe === "table" ? "–" : formatNumber(labels)),
    },
    {
      key: "accuracy",
      title: t.accuracy,
      render: ({ holdout, trained_on }) => (
        <span className={classes.why}>
          <Accuracy holdout={holdout} />
          {trained_on === "unknown" && (
            <span title={t.predictionsTrainedHint_unknown}>
              <Tag tone="warn">{t.doubtful}</Tag>
            </span>
          )}
        </span>
      ),
    },
    {
      key: "promotion",
      title: t.promotion,
      wideOnly: true,
      render: ({ promotion }) => <span className={classes.promotion}>{promotion}</span>,
    },
    {
      key: "serving",
      title: "",
      align: "end",
      width: 148,
      render: (version) =>
        version.serving ? (
          <Tag tone="ok">{t.serving}</Tag>
        ) : (
          manages && (
            <Button size="compact-sm" variant="default" onClick={() => void ask(version)}>
              {t.serve}
            </Button>
          )
        ),
    },
  ];
  return (
    <DataTable
      label={t.versions}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      empty={<Empty title={t.versionsEmpty} />}
    />
  );
}
