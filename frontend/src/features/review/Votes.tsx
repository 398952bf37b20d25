// Who said what about an item, and how much that counts.
import type { JsonObject, Report, TaskWithVotes, Vote } from "@/api/types";
import { formatNumber, formatPercent, formatRelative, useMessages } from "@/i18n/messages";
import { proposer } from "@/task-types/proposer";
import { AnswerView, type Asked } from "./AnswerView";
import { messages } from "./messages";
import classes from "./Votes.module.css";

type SeenProposal = NonNullable<Vote["proposal"]>;
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
  asked: Asked;
  skills: Skills;
}

export function Votes({ task, asked, skills }: VotesProps) {
  const t = useMessages(messages);
  if (task.votes_cast.length === 0) return <p className={classes.none}>{t.noVotesCast}</p>;
  return (
    <ul className={classes.votes}>
      {task.votes_cast.map((vote) => (
        <li key={vote.id} className={classes.vote}>
          <AnswerView {...asked} answer={vote.answer} />
          <Voter
            vote={vote}
            skill={skills.get(vote.labeler)}
            words={(answer) => wordsOf(asked, answer)}
          />
        </li>
      ))}
    </ul>
  );
}

export type Words = (answer: JsonObject) => string;

/** An answer in a few words; raw where the browser knows nothing of its kind. */
export function wordsOf({ type, project }: Pick<Asked, "type" | "project">, answer: JsonObject) {
  return type?.describe(answer, project.schema.document).text ?? JSON.stringify(answer);
}

interface VoterProps {
  vote: Vote;
  skill: number | undefined;
  words: Words;
}

export function Voter({ vote, skill, words }: VoterProps) {
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
      {vote.proposal && <Seen proposal={vote.proposal} words={words} />}
    </div>
  );
}

/** The proposal that was in view, and what became of it in the vote's first version. */
function Seen({ proposal, words }: { proposal: SeenProposal; words: Words }) {
  const t = useMessages(messages);
  const { answer, taken, same } = proposal;
  const outcome = taken ? (same ? t.seenTaken : t.seenChanged) : same ? t.seenSame : t.seenOther;
  return (
    <div className={classes.notes} data-testid="seen-proposal">
      {t.seen(words(answer), proposer(proposal))} · {outcome}
    </div>
  );
}
