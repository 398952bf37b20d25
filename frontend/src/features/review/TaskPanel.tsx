// One item beside the table: the image, what it is taken to show, and who says so.
import { ActionIcon, Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useReport } from "@/api/report";
import { useTask } from "@/api/tasks";
import type { ChoiceDocument, TaskWithVotes } from "@/api/types";
import { Bars } from "@/charts/Bars";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { Icon } from "@/ui/icons";
import { LabelName } from "@/ui/LabelName";
import { nameOf, names } from "@/ui/names";
import { notify, notifyProblem } from "@/ui/notify";
import { PictureStage } from "@/ui/PictureStage";
import { Loaded } from "@/ui/states";
import { messages } from "./messages";
import { useReopen } from "./requests";
import { StatusTag } from "./StatusTag";
import classes from "./TaskPanel.module.css";
import { skillsOf, Votes } from "./Votes";

interface TaskPanelProps {
  id: number;
  project: number;
  document: ChoiceDocument;
  previous: (() => void) | null;
  next: (() => void) | null;
  onClose: () => void;
}

export function TaskPanel(props: TaskPanelProps) {
  const t = useMessages(messages);
  const task = useTask(props.id);
  return (
    <aside className={classes.panel} aria-label={t.detail}>
      <div className={classes.head}>
        <span className={classes.file}>{task.data?.item.filename}</span>
        <Step label={t.previous} icon="up" run={props.previous} />
        <Step label={t.next} icon="down" run={props.next} />
        <Step label={t.close} icon="close" run={props.onClose} />
      </div>
      <div className={classes.body}>
        <Loaded query={task}>{(data) => <Detail task={data as TaskWithVotes} {...props} />}</Loaded>
      </div>
    </aside>
  );
}

function Step(props: { label: string; icon: "up" | "down" | "close"; run: (() => void) | null }) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={props.label}
      title={props.label}
      disabled={props.run === null}
      onClick={() => props.run?.()}
    >
      <Icon name={props.icon} />
    </ActionIcon>
  );
}

function Detail({ task, project, document }: { task: TaskWithVotes } & TaskPanelProps) {
  const t = useMessages(messages);
  const skills = skillsOf(useReport(project, false).data);
  return (
    <>
      <div className={classes.stage}>
        <PictureStage
          src={task.item.image_url}
          alt={task.item.filename}
          width={task.item.width}
          height={task.item.height}
        />
      </div>
      <Standing task={task} document={document} />
      <Actions task={task} project={project} />
      <Block title={t.votesCast}>
        <Votes task={task} document={document} skills={skills} />
      </Block>
      <Records task={task} document={document} />
      <Block title={t.provenance}>
        <Provenance task={task} />
      </Block>
    </>
  );
}

function Block({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.block}>
      <h2 className={classes.title}>{title}</h2>
      {children}
    </section>
  );
}

function Standing({ task, document }: { task: TaskWithVotes; document: ChoiceDocument }) {
  const t = useMessages(messages);
  const { consensus, score } = task;
  const shares = Object.entries(consensus?.distribution ?? {})
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5);
  return (
    <div className={classes.standing}>
      <div className={classes.verdict}>
        <StatusTag task={task} />
        {consensus && (
          <>
            <strong>
              <LabelName document={document} name={consensus.label} />
            </strong>
            <span>{formatPercent(consensus.confidence)}</span>
          </>
        )}
      </div>
      {shares.length > 1 && (
        <Bars
          label={t.consensus}
          as="share"
          max={1}
          bars={shares.map(([name, value]) => ({
            key: name,
            name: <LabelName document={document} name={name} />,
            value,
          }))}
        />
      )}
      {score && (
        <p className={classes.model}>
          {t.modelSays}: <LabelName document={document} name={score.predicted} />{" "}
          {formatPercent(score.probability, 0)}{" "}
          <span className={classes.quiet}>{t.version(score.version)}</span>
        </p>
      )}
    </div>
  );
}

function Actions({ task, project }: { task: TaskWithVotes; project: number }) {
  const t = useMessages(messages);
  const reopen = useReopen(project);
  const takeBack = async () => {
    const sure = await confirm({
      title: t.reopenTitle,
      body: t.reopenText,
      action: t.reopen,
    });
    if (!sure) return;
    reopen.mutate(task.id, { onError: notifyProblem, onSuccess: () => notify(t.reopened) });
  };
  return (
    <div className={classes.actions}>
      {!task.own_work && (
        <Button
          component={Link}
          to={`/projects/${project}/review?task=${task.id}`}
          variant="default"
        >
          {t.toReview}
        </Button>
      )}
      {task.consensus?.adjudicated && (
        <Button variant="default" loading={reopen.isPending} onClick={() => void takeBack()}>
          {t.reopen}
        </Button>
      )}
    </div>
  );
}

/** Flags that were raised, and decisions that reviewers took. */
function Records({ task, document }: { task: TaskWithVotes; document: ChoiceDocument }) {
  const t = useMessages(messages);
  return (
    <>
      {task.flags_raised.length > 0 && (
        <Block title={t.flagsRaised}>
          {task.flags_raised.map((flag) => (
            <p key={flag.created_at} className={classes.record}>
              {flag.reason || t.noReason}
              <span className={classes.quiet}>
                {flag.labeler}, {formatDate(flag.created_at)}
              </span>
            </p>
          ))}
        </Block>
      )}
      {task.decisions.length > 0 && (
        <Block title={t.decisions}>
          {task.decisions.map((decision) => (
            <p key={decision.id} className={classes.record}>
              <LabelName document={document} name={String(decision.answer.choice)} />
              {decision.note && <span>{decision.note}</span>}
              <span className={classes.quiet}>
                {decision.reviewer}, {formatDate(decision.created_at)}
                {decision.reopened_at && `, ${t.takenBack}`}
              </span>
            </p>
          ))}
        </Block>
      )}
    </>
  );
}

function Provenance({ task }: { task: TaskWithVotes }) {
  const t = useMessages(messages);
  const { consensus, item } = task;
  const called = useMessages(names);
  const reason = typeof task.reason?.text === "string" ? task.reason.text : "";
  const facts: [string, string][] = [
    [t.method, consensus ? nameOf(called, "method", consensus.method) : ""],
    [t.settledAt, consensus?.settled_at ? formatDate(consensus.settled_at) : ""],
    [t.arm, t[`arm_${task.arm}`]],
    [
      t.inQueue,
      task.status === "open" ? formatNumber(task.priority, { maximumFractionDigits: 3 }) : "",
    ],
    [t.queueReason, reason],
    [t.size, t.pixels(item.width, item.height)],
    [t.split, item.split],
    [t.group, item.group],
  ];
  return (
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
  );
}
