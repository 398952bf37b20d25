// Who said what about an item, and how much that counts.
import type { ChoiceDocument, Report, TaskWithVotes, Vote } from "@/api/types";
import { formatNumber, formatPercent, formatRelative, useMessages } from "@/i18n/messages";
import { LabelName } from "@/ui/LabelName";
import { messages } from "./messages";
import { choiceOf } from "./opinions";
import classes from "./Votes.module.css";

export type Skills = ReadonlyMap<number, number>;

/** Skill by labeler, as far as the report knows it. */
export function skillsOf(report: Report | undefined): Skills {
  const known = (report?.labelers ?? []).flatMap(({ id, skill }) =>
    skill === null ? [] : [[id, skill] as const],
  );
  return new Map(known);
}

interface VotesProps {
  task: TaskWithVotes;
  document: ChoiceDocument;
  skills: Skills;
}

export function Votes({ task, document, skills }: VotesProps) {
  const t = useMessages(messages);
  if (task.votes_cast.length === 0) return <p className={classes.none}>{t.noVotesCast}</p>;
  return (
    <ul className={classes.votes}>
      {task.votes_cast.map((vote) => (
        <li key={vote.id} className={classes.vote}>
          <LabelName document={document} name={choiceOf(vote)} />
          <Voter vote={vote} skill={skills.get(vote.labeler)} />
        </li>
      ))}
    </ul>
  );
}

export function Voter({ vote, skill }: { vote: Vote; skill: number | undefined }) {
  const t = useMessages(messages);
  const notes = [
    skill === undefined ? null : t.skill(formatPercent(skill, 0)),
    vote.version > 1 ? t.changed(vote.version - 1) : null,
    vote.source === "import" ? t.source_import : null,
    vote.duration_ms === null
      ? null
      : t.seconds(formatNumber(vote.duration_ms / 1000, { maximumFractionDigits: 1 })),
    formatRelative(vote.created_at),
  ];
  return (
    <div className={classes.voter}>
      <div className={classes.name}>{vote.labeler_name}</div>
      <div className={classes.notes}>{notes.filter(Boolean).join(" · ")}</div>
    </div>
  );
}
