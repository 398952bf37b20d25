// What the votes could not settle: the image large, the answers side by side, one key decides.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { choiceDocument, roleIn, useProject, useProjectId } from "@/api/project";
import { useReport } from "@/api/report";
import { useUser } from "@/api/session";
import type { Project, TaskWithVotes } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Workspace } from "@/ui/Page";
import { PictureStage } from "@/ui/PictureStage";
import { Segmented } from "@/ui/Segmented";
import { Empty, Loaded, Loading, Problem } from "@/ui/states";
import { Decide } from "./Decide";
import { messages } from "./messages";
import classes from "./ReviewScreen.module.css";
import type { ReviewKind } from "./requests";
import { useReviewQueue } from "./useReviewQueue";
import { skillsOf } from "./Votes";

const KINDS: readonly ReviewKind[] = ["disputed", "flagged"];

export function ReviewScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  const [kind, setKind] = useState<ReviewKind>("disputed");
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
        <Review key={kind} project={project.data} kind={kind} onKind={setKind} />
      )}
    </Workspace>
  );
}

interface ReviewProps {
  project: Project;
  kind: ReviewKind;
  onKind: (kind: ReviewKind) => void;
}

function Review({ project, kind, onKind }: ReviewProps) {
  const t = useMessages(messages);
  const queue = useReviewQueue(project, kind);
  const skills = skillsOf(useReport(project.id, false).data);
  const { task } = queue;
  return (
    <div className={classes.screen}>
      <header className={classes.bar}>
        <Segmented
          label={t.kind}
          value={kind}
          onChange={onKind}
          options={KINDS.map((value) => ({ value, label: t[`kind_${value}`] }))}
        />
        <span className={classes.question}>{project.question}</span>
        <span className={classes.left} role="status">
          {queue.hasMore ? t.waitingMore(queue.left) : t.waiting(queue.left)}
        </span>
      </header>
      {task ? (
        <div className={classes.columns}>
          <Stage task={task} />
          <Decide
            key={task.id}
            task={task}
            document={choiceDocument(project)}
            skills={skills}
            decided={queue.decided.get(task.id)}
            onDecide={(label, note) => queue.decide(task.id, label, note)}
            onSkip={() => queue.skip(task.id)}
            onBack={queue.back}
          />
        </div>
      ) : (
        <Nothing kind={kind} project={project} queue={queue} />
      )}
    </div>
  );
}

function Stage({ task: { item } }: { task: TaskWithVotes }) {
  return (
    <div className={classes.stage}>
      <div className={classes.picture}>
        <PictureStage
          src={item.image_url}
          alt={item.filename}
          width={item.width}
          height={item.height}
          withSmall
        />
      </div>
      <p className={classes.caption}>
        {item.filename} · {formatNumber(item.width)} × {formatNumber(item.height)} px
        {item.group && ` · ${item.group}`}
      </p>
    </div>
  );
}

interface NothingProps {
  kind: ReviewKind;
  project: Project;
  queue: ReturnType<typeof useReviewQueue>;
}

function Nothing({ kind, project, queue }: NothingProps) {
  const t = useMessages(messages);
  const { query, later, own, back } = queue;
  const decided = queue.decided.size;
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  const title = kind === "disputed" ? t.emptyDisputed : t.emptyFlagged;
  const text = kind === "disputed" ? t.emptyDisputedText : t.emptyFlaggedText;
  return (
    <Empty
      icon={decided > 0 ? "check" : "review"}
      title={later > 0 ? t.through : decided > 0 ? t.allDone : title}
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
      {decided > 0 ? t.decidedNow(decided) : later > 0 ? "" : text}
      {own > 0 && <p>{t.ownWorkMany(own)}</p>}
    </Empty>
  );
}
