// The labels side by side with who chose them, and the reviewer's decision between them.
import { useRef, useState } from "react";
import type { ChoiceDocument, TaskWithVotes } from "@/api/types";
import type { Command } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { formatPercent, useMessages } from "@/i18n/messages";
import { KeyHint } from "@/ui/KeyHint";
import { LabelTag, Tag } from "@/ui/Tag";
import classes from "./Decide.module.css";
import { Foot, NoteField, Notices, useWayCommands, type WayProps } from "./DecideParts";
import { messages } from "./messages";
import { hasEvidence, leadingOf, type Opinion, opinionsOn } from "./opinions";
import { type Skills, Voter, type Words } from "./Votes";

interface DecideProps extends WayProps {
  document: ChoiceDocument;
  skills: Skills;
  words: Words;
  onDecide: (label: string, note: string) => void;
}

export function Decide(props: DecideProps) {
  const { task, document, skills, words, onDecide } = props;
  const t = useMessages(messages);
  const [note, setNote] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const opinions = opinionsOn(task, document);
  const leading = leadingOf(opinions);
  const decide = (name: string) => onDecide(name, note.trim());
  const accept = () => leading && decide(leading.name);
  useWayCommands({ ...props, field, onAccept: leading ? accept : null });
  useChoiceCommands(task, opinions, decide);
  const evident = opinions.filter(hasEvidence);
  const others = opinions
    .filter((opinion) => !hasEvidence(opinion))
    .sort((a, b) => a.index - b.index);
  return (
    <section className={classes.panel} aria-label={t.options}>
      <div className={classes.scroll}>
        <Notices {...props} />
        <ul className={classes.opinions}>
          {evident.map((opinion) => (
            <OpinionRow
              key={opinion.name}
              opinion={opinion}
              skills={skills}
              words={words}
              leading={opinion === leading}
              disabled={task.own_work}
              onDecide={() => decide(opinion.name)}
            />
          ))}
        </ul>
        <OtherAnswers others={others} disabled={task.own_work} onDecide={decide} />
        <NoteField field={field} note={note} onNote={setNote} />
        {props.origin}
      </div>
      <Foot {...props} leading={leading && t.choose(leading.title)} onAccept={accept} />
    </section>
  );
}

interface OtherAnswersProps {
  others: readonly Opinion[];
  disabled: boolean;
  onDecide: (name: string) => void;
}

/** The labels for which nothing speaks yet. */
function OtherAnswers({ others, disabled, onDecide }: OtherAnswersProps) {
  const t = useMessages(messages);
  if (others.length === 0) return null;
  return (
    <>
      <h2 className={classes.heading}>{t.otherAnswers}</h2>
      <ul className={classes.others}>
        {others.map((opinion) => (
          <li key={opinion.name}>
            <button
              type="button"
              className={classes.other}
              disabled={disabled}
              onClick={() => onDecide(opinion.name)}
            >
              <span className="lh-hidden">{t.decideFor}</span>
              <LabelTag index={opinion.index} color={opinion.color}>
                {opinion.title}
              </LabelTag>
              <KeyHint keys={opinion.key} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface OpinionRowProps {
  opinion: Opinion;
  skills: Skills;
  words: Words;
  leading: boolean;
  disabled: boolean;
  onDecide: () => void;
}

function OpinionRow(props: OpinionRowProps) {
  const { opinion, skills, words, leading, disabled, onDecide } = props;
  const t = useMessages(messages);
  const { votes, probability, model } = opinion;
  return (
    <li className={classes.opinion} data-leading={leading || undefined}>
      <button type="button" className={classes.choose} disabled={disabled} onClick={onDecide}>
        <span className="lh-hidden">{t.decideFor}</span>
        <span className={classes.title}>
          <LabelTag index={opinion.index} color={opinion.color}>
            {opinion.title}
          </LabelTag>
        </span>
        {model !== null && <Tag tone="accent">{t.modelOpinion(formatPercent(model, 0))}</Tag>}
        <span className={classes.share}>{t.sure(formatPercent(probability, 0))}</span>
        <KeyHint keys={opinion.key} />
        {leading && <KeyHint keys="Enter" />}
        <span
          className={classes.fill}
          style={{ width: `${probability * 100}%` }}
          aria-hidden="true"
        />
      </button>
      {votes.length > 0 && (
        <ul className={classes.voters} aria-label={t.votesFor(votes.length)}>
          {votes.map((vote) => (
            <li key={vote.id}>
              <Voter vote={vote} skill={skills.get(vote.labeler)} words={words} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** A key of a label decides at once. */
function useChoiceCommands(
  task: TaskWithVotes,
  opinions: readonly Opinion[],
  decide: (name: string) => void,
): void {
  const t = useMessages(messages);
  useCommands(
    opinions.flatMap(({ name, title, key }): Command[] =>
      key === undefined
        ? []
        : [
            {
              scope: "screen",
              id: `review.choose.${name}`,
              label: t.choose(title),
              keys: [key],
              family: { label: t.options, keys: "1 … 9 0" },
              enabled: () => !task.own_work,
              run: () => decide(name),
            },
          ],
    ),
  );
}
