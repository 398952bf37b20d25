// One consensus run beside the method in force: what it would change, and the two ways to decide.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { nameOf, names } from "@/ui/names";
import { notify, notifyProblem } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { Banner, Empty, Loaded } from "@/ui/states";
import { Meter } from "@/ui/Tag";
import { Accuracy, RunState } from "./ConsensusScreen";
import { ChangedPicture, isShapes, LinesLegend, Side } from "./Difference";
import { messages } from "./messages";
import { titleOf } from "./methods";
import classes from "./Quality.module.css";
import { QualityPage } from "./QualityPage";
import {
  type ConsensusRun,
  type RunChange,
  underWay,
  useConsensusRun,
  usePutInForce,
  useRunChanges,
} from "./requests";
import { isMerged, rightMeans } from "./right";

export function ConsensusRunScreen() {
  return <QualityPage>{(project) => <One project={project} />}</QualityPage>;
}

function One({ project }: { project: Project }) {
  const t = useMessages(messages);
  const id = Number(useParams().runId);
  const run = useConsensusRun(project.id, id);
  return (
    <>
      <Link to={`/projects/${project.id}/quality/consensus`}>← {t.back}</Link>
      <Loaded query={run}>{(data) => <Run project={project} run={data} />}</Loaded>
    </>
  );
}

function Run({ project, run }: { project: Project; run: ConsensusRun }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const method = nameOf(called, "method", run.chosen || run.method);
  return (
    <>
      <Section title={`${t.runTitle(run.id)}: ${method}`} actions={<RunState run={run} />}>
        <About run={run} />
        {underWay(run) && <Meter label={t.running} value={run.job?.progress ?? 0} of={1} />}
        {run.job?.error && <Banner tone="error">{String(run.job.error.detail ?? t.failed)}</Banner>}
        {run.figures && <Actions project={project} run={run} changed={run.figures.changed} />}
      </Section>
      {run.figures && <Comparison project={project} run={run} figures={run.figures} />}
      {run.figures && <Changes project={project} run={run} figures={run.figures} />}
    </>
  );
}

function About({ run }: { run: ConsensusRun }) {
  const t = useMessages(messages);
  const params = Object.entries(run.params).map(
    ([name, value]) => `${titleOf(t, name)}: ${formatNumber(value)}`,
  );
  // That it was asked for is no reason why one method is better than another.
  const why = run.method === "auto" ? run.why : "";
  const words = [why, params.join(", ")].filter(Boolean).join(" · ");
  return words ? <p className={classes.text}>{words}</p> : null;
}

interface ActionsProps {
  project: Project;
  run: ConsensusRun;
  changed: number;
}

function Actions({ project, run, changed }: ActionsProps) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const manages = roleIn(project, useUser()) === "manager";
  const put = usePutInForce(project.id, run.id);
  if (!manages) return null;
  const former = nameOf(called, "method", run.replaced_method ?? "");
  const ask = async (what: "promote" | "roll-back") => {
    const sure = await confirm(
      what === "promote"
        ? { title: t.promoteTitle, body: t.promoteText(changed), action: t.promote }
        : { title: t.rollBackTitle(former), body: t.rollBackText, action: t.rollBack },
    );
    if (!sure) return;
    put.mutate(what, {
      onError: notifyProblem,
      onSuccess: () => notify(what === "promote" ? t.promoted : t.wentBack),
    });
  };
  return (
    <div className={classes.buttons}>
      {!run.in_force && (
        <Button loading={put.isPending} onClick={() => void ask("promote")}>
          {t.promote}
        </Button>
      )}
      {run.may_roll_back && (
        <Button variant="default" loading={put.isPending} onClick={() => void ask("roll-back")}>
          {t.rollBack}
        </Button>
      )}
    </div>
  );
}

type RunFigures = NonNullable<ConsensusRun["figures"]>;

function Comparison({ project, run, figures }: ChangesProps) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const { now: nowKnown, run: runKnown } = figures.known;
  const { now, run: then } = figures.statuses;
  const rows = [
    [t.settled, formatNumber(now.settled), formatNumber(then.settled)],
    [t.open, formatNumber(now.open), formatNumber(then.open)],
    [t.inDispute, formatNumber(now.disputed), formatNumber(then.disputed)],
    [
      t.calibrationError,
      formatPercent(nowKnown.calibration_error),
      formatPercent(runKnown.calibration_error),
    ],
    ...(isMerged(project)
      ? [[t.distanceKnown, formatPercent(nowKnown.error), formatPercent(runKnown.error)]]
      : []),
    [t.known, formatNumber(nowKnown.items), formatNumber(runKnown.items)],
  ];
  return (
    <Section title={t.compare}>
      <table className={classes.figures} aria-label={t.compare}>
        <thead>
          <tr>
            <th scope="col">{t.figure}</th>
            <th scope="col">{t.nowColumn(nameOf(called, "method", figures.current_method))}</th>
            <th scope="col">{t.runColumn(nameOf(called, "method", run.chosen || run.method))}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t.accuracy}</th>
            <td>
              <Accuracy known={nowKnown} wraps />
            </td>
            <td>
              <Accuracy known={runKnown} wraps />
            </td>
          </tr>
          {rows.map(([name, before, after]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{before}</td>
              <td>{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.note}>{rightMeans(t, project.task_type)}</p>
      {figures.model && <ModelsSay share={figures.model} />}
    </Section>
  );
}

function ModelsSay({ share }: { share: NonNullable<RunFigures["model"]> }) {
  const t = useMessages(messages);
  return (
    <p className={classes.note}>
      {t.modelsSay(share.tasks, share.differ)}
      {share.known > 0 &&
        ` ${t.modelKnown(share.known, share.known_right_with, share.known_right_without)}`}
    </p>
  );
}

type Pair = { before: string; after: string };

interface ChangesProps {
  project: Project;
  run: ConsensusRun;
  figures: RunFigures;
}

function Changes({ project, run, figures }: ChangesProps) {
  const t = useMessages(messages);
  const [pair, setPair] = useState<Pair | null>(null);
  const merged = isMerged(project);
  const pages = useRunChanges(project.id, run.id, pair, merged ? "-distance" : "id");
  if (figures.changed === 0) {
    return (
      <Section title={t.fromTo}>
        <Empty icon="check" title={t.noChange} />
      </Section>
    );
  }
  const columns: Column<RunChange>[] = [
    {
      key: "item",
      title: t.item,
      render: (change) => (
        <Link to={`/projects/${project.id}/items?task=${change.task}`} className={classes.itemCell}>
          <ChangedPicture project={project} change={change} />
          <span className={classes.filename}>{change.item.filename}</span>
        </Link>
      ),
    },
    {
      key: "before",
      title: t.before,
      render: (row) => <Sure change={row} side="before" confidence={row.confidence_before} />,
    },
    {
      key: "after",
      title: t.after,
      render: (row) => <Sure change={row} side="after" confidence={row.confidence_after} />,
    },
    ...(merged
      ? [
          {
            key: "distance",
            title: t.distance,
            align: "end" as const,
            wideOnly: true,
            render: ({ distance }: RunChange) => formatPercent(distance),
          },
        ]
      : []),
  ];
  return (
    <Section title={t.fromTo}>
      <ul className={classes.pairs}>
        <li>
          <button
            type="button"
            className={classes.pair}
            aria-pressed={pair === null}
            onClick={() => setPair(null)}
          >
            {t.allChanges} <strong>{formatNumber(figures.changed)}</strong>
          </button>
        </li>
        {figures.from_to.map(({ before, after, count }) => (
          <li key={`${before}\n${after}`}>
            <button
              type="button"
              className={classes.pair}
              aria-pressed={pair?.before === before && pair.after === after}
              onClick={() => setPair({ before, after })}
            >
              {before === after
                ? t.onlyMoved(before || t.unlabelled)
                : t.only(before || t.unlabelled, after || t.unlabelled)}{" "}
              <strong>{formatNumber(count)}</strong>
            </button>
          </li>
        ))}
      </ul>
      {isShapes(project) && <LinesLegend />}
      <DataTable
        label={t.fromTo}
        columns={columns}
        rowKey={({ id }) => id}
        pages={pages}
        empty={<Empty icon="check" title={t.noChange} />}
      />
    </Section>
  );
}

interface SureProps {
  change: RunChange;
  side: "before" | "after";
  confidence: number | null;
}

function Sure({ change, side, confidence }: SureProps) {
  return (
    <span className={classes.cell}>
      <Side change={change} side={side} />
      <span className={classes.quiet}>{formatPercent(confidence, 0)}</span>
    </span>
  );
}
