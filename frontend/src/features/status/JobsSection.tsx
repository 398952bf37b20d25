// Jobs of the installation: how far, how they ended, cancel, try again.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Job, JobState } from "@/api/types";
import { formatRelative, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { notifyProblem } from "@/ui/notify";
import { Segmented } from "@/ui/Segmented";
import { Empty } from "@/ui/states";
import { Meter, Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";
import { useJobAction, useJobs } from "./requests";
import classes from "./StatusScreen.module.css";

type Which = "all" | "running" | "failed";

const TONES: Record<JobState, Tone> = {
  pending: "neutral",
  running: "accent",
  done: "ok",
  failed: "error",
  cancelled: "neutral",
};

export function JobsSection() {
  const t = useMessages(messages);
  const [which, setWhich] = useState<Which>("all");
  const pages = useJobs(which === "all" ? undefined : which);
  const columns: Column<Job>[] = [
    {
      key: "kind",
      title: t.kind,
      render: (job) => (
        <span className={classes.job}>
          {job.kind.replaceAll("_", " ")} <span className={classes.quiet}>{job.id}</span>
        </span>
      ),
    },
    { key: "state", title: t.state, width: 110, render: (job) => <State job={job} /> },
    {
      key: "message",
      title: t.message,
      wideOnly: true,
      render: (job) => (
        <span className={classes.quiet}>
          {job.error?.detail ?? job.message}
          {job.attempts > 1 && ` · ${t.attempts(job.attempts)}`}
        </span>
      ),
    },
    {
      key: "when",
      title: t.when,
      align: "end",
      wideOnly: true,
      render: (job) => (
        <span className={classes.when}>
          {formatRelative(job.finished_at ?? job.started_at ?? job.created_at)}
        </span>
      ),
    },
    { key: "do", title: "", align: "end", width: 100, render: (job) => <Action job={job} /> },
  ];
  return (
    <section>
      <div className={classes.jobsHead}>
        <h2>{t.jobs}</h2>
        <Segmented
          label={t.jobsWhich}
          value={which}
          onChange={setWhich}
          options={(["all", "running", "failed"] as const).map((value) => ({
            value,
            label: t[`jobs_${value}`],
          }))}
        />
      </div>
      <DataTable
        label={t.jobs}
        columns={columns}
        rowKey={({ id }) => id}
        pages={pages}
        empty={
          <Empty icon="status" title={t.noJobs}>
            {t.noJobsText}
          </Empty>
        }
      />
    </section>
  );
}

function State({ job }: { job: Job }) {
  const t = useMessages(messages);
  if (job.state !== "running") return <Tag tone={TONES[job.state]}>{t[`job_${job.state}`]}</Tag>;
  return <Meter label={t.progressOf(job.id)} value={job.progress} of={1} />;
}

function Action({ job }: { job: Job }) {
  const t = useMessages(messages);
  const cancel = useJobAction("cancel");
  const retry = useJobAction("retry");
  if (job.state === "done") return null;
  const running = job.state === "pending" || job.state === "running";
  const action = running ? cancel : retry;
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={action.isPending || (running && job.cancel_requested)}
      onClick={() => action.mutate(job.id, { onError: notifyProblem })}
    >
      {running ? t.cancel : t.retry}
    </Button>
  );
}
