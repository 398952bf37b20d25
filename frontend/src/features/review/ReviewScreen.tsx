// What the votes could not settle: the image large, the answers side by side, one key decides.
import { Button, NativeSelect } from "@mantine/core";
import { Suspense, useState } from "react";
import { Link } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useReport } from "@/api/report";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { useCommands } from "@/commands/useCommands";
import { useOneAnswerPerEnter } from "@/commands/useOneAnswerPerEnter";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Workspace } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Empty, Loaded, Loading, Problem } from "@/ui/states";
import { AcceptMany } from "./AcceptMany";
import { BACK } from "./DecideParts";
import { Deciding } from "./Deciding";
import { messages } from "./messages";
import classes from "./ReviewScreen.module.css";
import { REVIEW_KINDS, type ReviewKind, useReviewCounts, type Wanted } from "./requests";
import { useReviewQueue } from "./useReviewQueue";
import { skillsOf } from "./Votes";

/** Under which confidence a settled item counts as unsure; the first is the project's own goal. */
const BELOW = ["", "0.98", "0.99", "0.999", "1"] as const;

export function ReviewScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  const [kind, setKind] = useState<ReviewKind>("any");
  const [below, setBelow] = useState("");
  if (!project.data) {
    return (
      <Workspace title={t.reviewTitle}>
        <Loaded query={project}>{() => null}</Loaded>
      </Workspace>
    );
  }
  return (
    <Workspace title={t.reviewTitle}>
      {roleIn(project.data, user) === "labeler" ? (
        <Empty icon="review" title={t.onlyReviewers} />
      ) : (
        // Each kind is a way of its own.
        <Review
          key={`${kind} ${below}`}
          project={project.data}
          wanted={{ kind, below: below === "" ? undefined : Number(below) }}
          onKind={setKind}
          onBelow={setBelow}
        />
      )}
    </Workspace>
  );
}

interface ReviewProps {
  project: Project;
  wanted: Wanted;
  onKind: (kind: ReviewKind) => void;
  onBelow: (below: string) => void;
}

function Review({ project, wanted, onKind, onBelow }: ReviewProps) {
  const queue = useReviewQueue(project, wanted);
  const counts = useReviewCounts(project.id, wanted.below).data;
  const skills = skillsOf(useReport(project.id, false).data);
  const { task } = queue;
  const answeredByKey = useOneAnswerPerEnter();
  return (
    <div className={classes.screen}>
      <Bar {...{ project, wanted, counts, onKind, onBelow }} />
      {task ? (
        <Suspense fallback={<Loading />}>
          <Deciding
            key={task.id}
            project={project}
            task={task}
            skills={skills}
            decided={queue.decided.get(task.id)}
            onDecide={(decision, words, note) => {
              answeredByKey();
              queue.decide(task.id, decision, words, note);
            }}
            onSkip={() => queue.skip(task.id)}
            onBack={queue.back}
            onReopen={task.consensus?.adjudicated ? () => queue.reopen(task.id) : null}
          />
        </Suspense>
      ) : (
        <Nothing kind={wanted.kind} project={project} queue={queue} own={counts?.own_work ?? 0} />
      )}
    </div>
  );
}

interface BarProps extends ReviewProps {
  counts: ReturnType<typeof useReviewCounts>["data"];
}

/** Which tasks one goes through, with how many there are for each reason. */
function Bar({ project, wanted, counts, onKind, onBelow }: BarProps) {
  const t = useMessages(messages);
  const titled = (kind: ReviewKind) => {
    const count = counts?.[kind];
    if (count === undefined) return t[`kind_${kind}`];
    const more = count === counts?.at_most ? "+" : "";
    return `${t[`kind_${kind}`]} ${formatNumber(count)}${more}`;
  };
  const pairs = project.task_type === "pair";
  const kinds = REVIEW_KINDS.filter((value) => pairs || value !== "contradicting");
  const thresholds = BELOW.map((value) => ({
    value,
    label: value === "1" ? t.belowAny : t.below(formatPercent(Number(value || project.confidence))),
  }));
  return (
    <header className={classes.bar}>
      <Segmented
        label={t.kind}
        value={wanted.kind}
        onChange={onKind}
        options={kinds.map((value) => ({ value, label: titled(value) }))}
      />
      {(wanted.kind === "unsure" || wanted.below !== undefined) && (
        <NativeSelect
          aria-label={t.belowLabel}
          value={wanted.below === undefined ? "" : String(wanted.below)}
          onChange={(event) => onBelow(event.currentTarget.value)}
          data={thresholds}
        />
      )}
      <span className={classes.question}>{project.question}</span>
      <AcceptMany project={project} wanted={wanted} />
    </header>
  );
}

interface NothingProps {
  kind: ReviewKind;
  project: Project;
  queue: ReturnType<typeof useReviewQueue>;
  /** Tasks that wait for somebody else, since one has answered them oneself. */
  own: number;
}

function Nothing({ kind, project, queue, own }: NothingProps) {
  const t = useMessages(messages);
  const { query, later, back } = queue;
  const decided = queue.decided.size;
  useCommands([
    {
      ...BACK,
      scope: "screen",
      label: t.back,
      enabled: () => back !== null,
      run: () => back?.(),
    },
  ]);
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  return (
    <Empty
      icon={decided > 0 ? "check" : "review"}
      title={later > 0 ? t.through : decided > 0 ? t.allDone : t[`empty_${kind}`]}
      action={
        <div className={classes.buttons}>
          {later > 0 && <Button onClick={queue.startAgain}>{t.goAgain(later)}</Button>}
          {back && (
            <Button variant="default" onClick={back}>
              {t.back}
            </Button>
          )}
          <Button component={Link} to={`/projects/${project.id}`} variant="default">
            {t.toOverview}
          </Button>
        </div>
      }
    >
      {decided > 0 ? t.decidedNow(decided) : later > 0 ? "" : t[`emptyText_${kind}`]}
      {own > 0 && <p>{t.ownWorkMany(own)}</p>}
    </Empty>
  );
}
