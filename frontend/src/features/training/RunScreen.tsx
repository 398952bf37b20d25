// One training run, followed live: losses, figures, what is mistaken for what, its log.
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { choiceDocument, roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project, RunDetail } from "@/api/types";
import { ConfusionMatrix } from "@/charts/ConfusionMatrix";
import { LossCurve } from "@/charts/LossCurve";
import {
  formatBytes,
  formatDate,
  formatNumber,
  formatPercent,
  formatPercentRange,
  formatTime,
  useMessages,
} from "@/i18n/messages";
import { nameOf, names } from "@/ui/names";
import { notify, notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty, Loaded } from "@/ui/states";
import { Meter } from "@/ui/Tag";
import { CompareSection } from "./CompareSection";
import { MistakesSection } from "./MistakesSection";
import { messages } from "./messages";
import { classesOf, epochsOf, figuresOf, logOf, PARTS, type Part, verdictOn } from "./progress";
import classes from "./RunScreen.module.css";
import {
  underWay,
  useCancelRun,
  useRepeatRun,
  useResumeRun,
  useRun,
  useStartRun,
} from "./requests";
import { StateTag } from "./StateTag";

export function RunScreen() {
  const t = useMessages(messages);
  const id = Number(useParams().runId);
  const run = useRun(id);
  const project = useProject(useProjectId());
  if (!run.data || !project.data) {
    return (
      <Page title={t.runTitle(id)}>
        {run.data ? (
          <Loaded query={project}>{() => null}</Loaded>
        ) : (
          <Loaded query={run}>{() => null}</Loaded>
        )}
      </Page>
    );
  }
  return <Known run={run.data} project={project.data} />;
}

interface RunProps {
  run: RunDetail;
  project: Project;
}

function Known({ run, project }: RunProps) {
  const t = useMessages(messages);
  const labels = choiceDocument(project).labels.map(({ name }) => name);
  const metrics = run.metrics as Record<string, unknown>;
  return (
    <Page
      title={t.runTitle(run.id)}
      description={
        <span className={classes.state}>
          <StateTag run={run} cancelling={run.cancelling} />
          {run.trigger}
        </span>
      }
      actions={<Actions run={run} project={project} />}
    >
      <Standing run={run} />
      {run.holdout &&
        (run.holdout.cer === null ? (
          <Figures metrics={metrics} run={run} />
        ) : (
          <TextFigures metrics={metrics} run={run} />
        ))}
      <div className={classes.columns}>
        <LossSection run={run} />
        <LogSection run={run} />
      </div>
      <div className={classes.columns}>
        <ConfusionSection run={run} metrics={metrics} labels={labels} />
        <AboutSection run={run} />
      </div>
      {!underWay(run) && <MistakesSection run={run} />}
      <CompareSection run={run} />
    </Page>
  );
}

function Actions({ run, project }: RunProps) {
  const t = useMessages(messages);
  const cancel = useCancelRun(run);
  const resume = useResumeRun(run);
  const again = useStartRun(project.id);
  const exact = useRepeatRun(run);
  const go = useNavigate();
  if (roleIn(project, useUser()) !== "manager") return null;
  if (underWay(run)) {
    return (
      <Button
        variant="default"
        loading={cancel.isPending || run.cancelling}
        onClick={() => cancel.mutate(undefined, { onError: notifyProblem })}
      >
        {t.stop}
      </Button>
    );
  }
  const show = {
    onError: notifyProblem,
    onSuccess: (made: Pick<RunDetail, "id">) => void go(`/projects/${project.id}/runs/${made.id}`),
  };
  return (
    <>
      {run.state !== "done" && run.job !== null && (
        <Button
          title={t.resumeHint}
          loading={resume.isPending}
          onClick={() =>
            resume.mutate(undefined, {
              onError: notifyProblem,
              onSuccess: () => notify(t.resumed),
            })
          }
        >
          {t.resume}
        </Button>
      )}
      {run.snapshot && (
        <Button
          variant="default"
          title={t.repeatHint}
          loading={exact.isPending}
          onClick={() => exact.mutate(undefined, show)}
        >
          {t.repeat}
        </Button>
      )}
      <Button
        variant="default"
        loading={again.isPending}
        onClick={() =>
          again.mutate({ recipe: run.recipe, seed: run.seed, budget: run.budget }, show)
        }
      >
        {t.again}
      </Button>
    </>
  );
}

/** How far it is, or why it ended without a version. */
function Standing({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  if (underWay(run)) {
    return (
      <div>
        <Meter label={t.progressOf(run.id)} value={run.progress} of={1} />
        <p className={classes.message} role="status">
          {run.state === "pending" ? t.noWorker : run.message}
        </p>
      </div>
    );
  }
  if (run.state === "done" || run.error === "") return null;
  return (
    <div className={classes.error} data-failed={run.state === "failed" || undefined} role="alert">
      <strong>{run.state === "failed" ? t.failed : t.cancelled}</strong>
      <pre>{run.error}</pre>
    </div>
  );
}

function Figures({ metrics, run }: { metrics: Record<string, unknown>; run: RunDetail }) {
  const t = useMessages(messages);
  const holdout = figuresOf(metrics, "holdout");
  const tile = (part: Part, label: string) => {
    const figures = figuresOf(metrics, part);
    return (
      <StatTile
        label={label}
        value={figures ? formatPercent(figures.accuracy) : "–"}
        note={
          figures
            ? t.onItems(formatPercentRange(figures.low, figures.high), figures.count)
            : t.noItems
        }
      />
    );
  };
  return (
    <StatRow>
      {tile("holdout", t.holdout)}
      {tile("validation", t.validation)}
      {tile("train", t.trainPart)}
      <StatTile label={t.baseline} value={formatPercent(holdout?.majority)} />
      <StatTile
        label={t.calibration}
        value={formatPercent(run.holdout?.ece)}
        note={t.calibrationNote}
      />
    </StatRow>
  );
}

/** What readers of lines are measured by: edits per character and word. */
function TextFigures({ metrics, run }: { metrics: Record<string, unknown>; run: RunDetail }) {
  const t = useMessages(messages);
  const held = metrics.holdout as { wer?: number } | undefined;
  const validation = metrics.validation as { cer?: number; count?: number } | undefined;
  const { holdout } = run;
  if (!holdout) return null;
  return (
    <StatRow>
      <StatTile
        label={t.cer}
        value={formatPercent(holdout.cer)}
        note={t.cerNote(
          formatPercentRange(holdout.cer_low ?? 0, holdout.cer_high ?? 1),
          holdout.count,
        )}
      />
      <StatTile label={t.wer} value={formatPercent(held?.wer)} />
      <StatTile
        label={t.linesRight}
        value={formatPercent(holdout.accuracy)}
        note={formatPercentRange(holdout.low, holdout.high)}
      />
      {validation?.count ? (
        <StatTile label={t.validation} value={formatPercent(validation.cer)} note={t.cer} />
      ) : null}
      <StatTile label={t.calibration} value={formatPercent(holdout.ece)} note={t.calibrationNote} />
    </StatRow>
  );
}

function LossSection({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  const epochs = useMemo(() => epochsOf(run.events), [run.events]);
  const verdict = verdictOn(epochs);
  return (
    <Section title={t.loss}>
      {epochs.length === 0 ? (
        <Empty icon="chart" title={underWay(run) ? t.lossEmpty : t.lossNone} />
      ) : (
        <>
          <LossCurve title={t.loss} epochs={epochs} />
          <p className={classes.hint}>
            {t.lossHint} {verdict && <strong>{t[`verdict_${verdict}`]}</strong>}
          </p>
        </>
      )}
    </Section>
  );
}

function LogSection({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  const lines = useMemo(() => logOf(run.events), [run.events]);
  return (
    <Section title={t.log}>
      {lines.length === 0 ? (
        <p className={classes.quiet}>{t.logEmpty}</p>
      ) : (
        <ol className={classes.log}>
          {lines.map((line) => (
            <li key={line.no}>
              <time dateTime={line.at}>{formatTime(line.at, "medium")}</time>
              <span>{line.text}</span>
            </li>
          ))}
        </ol>
      )}
    </Section>
  );
}

interface ConfusionSectionProps {
  run: RunDetail;
  metrics: Record<string, unknown>;
  labels: readonly string[];
}

function ConfusionSection({ run, metrics, labels }: ConfusionSectionProps) {
  const t = useMessages(messages);
  const known = PARTS.filter((part) => figuresOf(metrics, part) !== null);
  const [wanted, setWanted] = useState<Part>("holdout");
  const part = known.includes(wanted) ? wanted : known[0];
  const figures = part && figuresOf(metrics, part);
  return (
    <Section
      title={t.confusion}
      actions={
        known.length > 1 &&
        part && (
          <Segmented
            label={t.part}
            value={part}
            onChange={setWanted}
            options={known.map((value) => ({ value, label: t[`part_${value}`] }))}
          />
        )
      }
    >
      {figures && figures.confusion.length > 0 ? (
        <ConfusionMatrix
          label={t.confusion}
          classNames={classesOf(figures, labels)}
          counts={figures.confusion}
        />
      ) : (
        <p className={classes.quiet}>{underWay(run) ? t.confusionEmpty : t.confusionNone}</p>
      )}
    </Section>
  );
}

function AboutSection({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const libraries = Object.entries((run.libraries.libraries ?? {}) as Record<string, string>);
  const facts: [string, string][] = [
    [t.recipe, nameOf(called, "recipe", run.recipe)],
    [t.seed, String(run.seed)],
    [
      t.snapshot,
      run.snapshot
        ? `${t.snapshotText(formatNumber(run.snapshot.items), formatNumber(run.snapshot.labelled))} · ${run.snapshot.sha256.slice(0, 12)}`
        : "",
    ],
    [t.votes, formatNumber(run.votes)],
    [t.version, run.version ? t.versionTitle(run.version.number) : ""],
    [t.startedAt, run.started_at ? formatDate(run.started_at) : ""],
    [t.finishedAt, run.finished_at ? formatDate(run.finished_at) : ""],
    [
      t.took,
      run.cpu_seconds === null
        ? ""
        : `${t.cpuSeconds(formatNumber(run.cpu_seconds, { maximumFractionDigits: 1 }))}${
            run.budget === null ? "" : ` ${t.budgetOf(formatNumber(run.budget))}`
          }`,
    ],
    [t.memory, run.peak_bytes ? formatBytes(run.peak_bytes) : ""],
    [t.device, run.device],
    [t.libraries, libraries.map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
  return (
    <Section title={t.about}>
      <dl className={classes.facts}>
        {facts.map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
    </Section>
  );
}
