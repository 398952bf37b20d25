// One item beside the table: the image, what it is taken to show, and who says so.
import { ActionIcon, Button } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { useMakeGold } from "@/api/gold";
import { roleIn, useProject } from "@/api/project";
import { useReport } from "@/api/report";
import { useUser } from "@/api/session";
import { useTask } from "@/api/tasks";
import type { TaskWithVotes } from "@/api/types";
import { Bars } from "@/charts/Bars";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { filesOf, ItemStage } from "@/ui/ItemStage";
import { Icon } from "@/ui/icons";
import { LabelName } from "@/ui/LabelName";
import { notify, notifyProblem } from "@/ui/notify";
import { Loaded } from "@/ui/states";
import { AnswerView, type Asked } from "./AnswerView";
import { messages } from "./messages";
import { sharesOf } from "./opinions";
import { Provenance } from "./Provenance";
import { useReopen } from "./requests";
import { StatusTag } from "./StatusTag";
import classes from "./TaskPanel.module.css";
import { skillsOf, Votes } from "./Votes";

interface TaskPanelProps {
  id: number;
  asked: Asked;
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
        <span className={classes.file}>{task.data && filesOf(task.data)}</span>
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

function Detail({ task, asked }: { task: TaskWithVotes } & TaskPanelProps) {
  const t = useMessages(messages);
  const project = asked.project.id;
  const skills = skillsOf(useReport(project, false).data);
  return (
    <>
      <div className={classes.stage}>
        <ItemStage item={task.item} other={task.other_item} />
      </div>
      <Standing task={task} asked={asked} />
      <Actions task={task} project={project} />
      <Block title={t.votesCast}>
        <Votes task={task} asked={asked} skills={skills} />
      </Block>
      <Records task={task} asked={asked} />
      <Block title={t.facts}>
        <Facts task={task} />
      </Block>
      <Provenance task={task.id} asked={asked} />
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

interface AnswersProps {
  task: TaskWithVotes;
  asked: Asked;
}

function Standing({ task, asked }: AnswersProps) {
  const t = useMessages(messages);
  const { document } = asked;
  const { consensus, score } = task;
  const shares = sharesOf(task)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5);
  return (
    <div className={classes.standing}>
      <div className={classes.verdict}>
        <StatusTag task={task} />
        {consensus && (
          <>
            <strong>
              {consensus.answer ? (
                <AnswerView {...asked} answer={consensus.answer} whole />
              ) : (
                consensus.label
              )}
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
  const makeGold = useMakeGold(project);
  const user = useUser();
  const details = useProject(project).data;
  const manages = details !== undefined && roleIn(details, user) === "manager";
  const testWith = () =>
    makeGold.mutate(
      { source: "settled", tasks: [task.id] },
      {
        onError: notifyProblem,
        onSuccess: ({ refused }) => notify(refused[0]?.detail ?? t.isGold),
      },
    );
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
      {manages && task.status === "settled" && task.consensus?.method !== "gold" && (
        <Button
          variant="default"
          title={t.useAsGoldHint}
          loading={makeGold.isPending}
          onClick={testWith}
        >
          {t.useAsGold}
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
function Records({ task, asked }: AnswersProps) {
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
              <AnswerView {...asked} answer={decision.answer} />
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

function Facts({ task }: { task: TaskWithVotes }) {
  const t = useMessages(messages);
  const { consensus, item } = task;
  const reason = typeof task.reason?.text === "string" ? task.reason.text : "";
  const facts: [string, string][] = [
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
