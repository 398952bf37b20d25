// Consensus runs: other methods on the same votes, beside the one in force.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { Interval } from "@/charts/Interval";
import { formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { nameOf, names } from "@/ui/names";
import { Empty } from "@/ui/states";
import { Meter, Tag } from "@/ui/Tag";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { QualityPage } from "./QualityPage";
import { type ConsensusRun, underWay, useConsensusRuns } from "./requests";
import { StartRunDialog } from "./StartRunDialog";

export function ConsensusScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const [starting, setStarting] = useState(false);
  const go = useNavigate();
  return (
    <QualityPage
      description={t.runsText}
      actions={(project) =>
        roleIn(project, user) === "manager" && (
          <Button onClick={() => setStarting(true)}>{t.newRun}</Button>
        )
      }
    >
      {(project) => (
        <>
          <Runs project={project} />
          {starting && (
            <StartRunDialog
              project={project}
              onClose={() => setStarting(false)}
              onStarted={(run) => void go(`/projects/${project.id}/quality/consensus/${run.id}`)}
            />
          )}
        </>
      )}
    </QualityPage>
  );
}

function Runs({ project }: { project: Project }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const pages = useConsensusRuns(project.id);
  const go = useNavigate();
  const address = (run: ConsensusRun) => `/projects/${project.id}/quality/consensus/${run.id}`;
  const columns: Column<ConsensusRun>[] = [
    {
      key: "id",
      title: t.run,
      width: 64,
      render: (run) => <Link to={address(run)}>{run.id}</Link>,
    },
    {
      key: "method",
      title: t.methodLabel,
      render: (run) => nameOf(called, "method", run.chosen || run.method),
    },
    { key: "state", title: t.state, render: (run) => <RunState run={run} /> },
    {
      key: "changes",
      title: t.changes,
      align: "end",
      render: ({ figures }) =>
        figures && t.changedOf(formatNumber(figures.changed), formatNumber(figures.answered)),
    },
    {
      key: "accuracy",
      title: t.accuracy,
      wideOnly: true,
      render: ({ figures }) => <Accuracy known={figures?.known.run} />,
    },
    {
      key: "when",
      title: t.when,
      align: "end",
      wideOnly: true,
      render: (run) => (
        <span className={classes.quiet}>
          {formatRelative(run.created_at)} {run.created_by && t.by(run.created_by)}
        </span>
      ),
    },
  ];
  return (
    <DataTable
      label={t.runs}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      onRowClick={(run) => void go(address(run))}
      empty={
        <Empty icon="runs" title={t.runsEmpty}>
          {t.runsEmptyText}
        </Empty>
      }
    />
  );
}

export function RunState({ run }: { run: ConsensusRun }) {
  const t = useMessages(messages);
  if (run.in_force) return <Tag tone="ok">{t.inForce}</Tag>;
  if (run.rolled_back_at) return <Tag>{t.rolledBack}</Tag>;
  if (run.finished_at) return <Tag>{t.done}</Tag>;
  if (run.job?.state === "failed") return <Tag tone="error">{t.failed}</Tag>;
  if (run.job?.state === "cancelled") return <Tag>{t.cancelled}</Tag>;
  if (!underWay(run) || run.job?.state === "pending") return <Tag>{t.waiting}</Tag>;
  return <Meter label={t.running} value={run.job?.progress ?? 0} of={1} />;
}

type Known = NonNullable<ConsensusRun["figures"]>["known"]["run"];

interface AccuracyProps {
  known: Known | undefined;
  /** Where two of them share the width of a phone. */
  wraps?: boolean;
}

export function Accuracy({ known, wraps }: AccuracyProps) {
  return (
    <Interval
      estimate={known?.accuracy ?? null}
      low={known?.low ?? null}
      high={known?.high ?? null}
      from={0.5}
      wraps={wraps}
    />
  );
}
