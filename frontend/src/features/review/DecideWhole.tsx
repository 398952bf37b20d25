// Whole answers side by side, for questions whose answers do not fall into classes: accept the
// merged one or somebody's, or give one's own.
import { type CSSProperties, type ReactNode, useRef } from "react";
import type { ChoiceDocument, Project, TaskWithVotes } from "@/api/types";
import { Bars } from "@/charts/Bars";
import { CommandKey } from "@/commands/CommandKey";
import type { Command } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { formatPercent, useMessages } from "@/i18n/messages";
import type { TaskType } from "@/task-types/base";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import { LabelName } from "@/ui/LabelName";
import { labelStyle } from "@/ui/theme";
import { AnswerView } from "./AnswerView";
import classes from "./Decide.module.css";
import { Foot, NoteField, Notices, useWayCommands, type WayProps } from "./DecideParts";
import { messages } from "./messages";
import { sharesOf } from "./opinions";
import type { Decision, Proposal } from "./proposals";
import { type Skills, Voter, type Words, wordsOf } from "./Votes";

interface DecideWholeProps extends WayProps {
  project: Project;
  type: TaskType;
  document: ChoiceDocument;
  proposals: readonly Proposal[];
  skills: Skills;
  note: string;
  onNote: (note: string) => void;
  onDecide: (decision: Decision, words: string) => void;
  /** Where shapes are drawn: which answers are not, and how that is changed; else null. */
  hidden: ReadonlySet<string> | null;
  onToggle: (key: string) => void;
}

export function DecideWhole(props: DecideWholeProps) {
  const { task, proposals, skills, note, onNote, onDecide, hidden, onToggle, onAnew } = props;
  const t = useMessages(messages);
  const field = useRef<HTMLTextAreaElement>(null);
  const leading = proposals.find(({ merged }) => merged);
  const decide = ({ decision, text }: Proposal) => onDecide(decision, text);
  const accept = () => leading && decide(leading);
  useWayCommands({ ...props, field, onAccept: leading ? accept : null });
  useAnswerCommands(props, decide);
  return (
    <section className={classes.panel} aria-label={t.options}>
      <div className={classes.scroll}>
        <Notices {...props} />
        {proposals.length === 0 && <p className={classes.quiet}>{t.noVotesCast}</p>}
        <ul className={classes.opinions}>
          {proposals.map((proposal, at) => (
            <ProposalRow
              key={proposal.key}
              proposal={proposal}
              skills={skills}
              words={(answer) => wordsOf(props, answer)}
              digit={at < 9 ? String(at + 1) : undefined}
              disabled={task.own_work}
              view={
                hidden ? proposal.text : <AnswerView {...props} answer={proposal.answer} whole />
              }
              shown={hidden && !hidden.has(proposal.key)}
              onDecide={() => decide(proposal)}
              onToggle={() => onToggle(proposal.key)}
            />
          ))}
        </ul>
        <Parts {...props} />
        {onAnew && (
          <button type="button" className={classes.own} disabled={task.own_work} onClick={onAnew}>
            {t.anew} <CommandKey id="review.anew" keys={["E"]} />
          </button>
        )}
        <NoteField field={field} note={note} onNote={onNote} />
        {props.origin}
      </div>
      <Foot {...props} leading={leading && t.acceptMerged} onAccept={accept} />
    </section>
  );
}

interface ProposalRowProps {
  proposal: Proposal;
  skills: Skills;
  words: Words;
  digit: string | undefined;
  disabled: boolean;
  view: ReactNode;
  /** Whether its shapes are drawn; null where none are. */
  shown: boolean | null;
  onDecide: () => void;
  onToggle: () => void;
}

function ProposalRow(props: ProposalRowProps) {
  const { proposal, skills, words, digit, disabled, view, shown, onDecide, onToggle } = props;
  const t = useMessages(messages);
  const { merged, votes, confidence, place, text } = proposal;
  const { color, dashed } = merged ? { color: "#ffffff", dashed: false } : labelStyle(place);
  const who = votes.map((vote) => vote.labeler_name).join(", ");
  return (
    <li className={classes.opinion} data-leading={merged || undefined}>
      <div className={classes.row}>
        <button type="button" className={classes.choose} disabled={disabled} onClick={onDecide}>
          {shown !== null && (
            <span
              className={classes.swatch}
              data-dashed={dashed || undefined}
              style={{ "--ink": color } as CSSProperties}
            />
          )}
          <span className="lh-hidden">{t.decideFor}</span>
          <span className={classes.title}>
            {merged && <span className={classes.kind}>{t.merged}</span>}
            {view}
          </span>
          {confidence !== null && (
            <span className={classes.share}>{t.sure(formatPercent(confidence, 0))}</span>
          )}
          <KeyHint keys={digit} />
          {merged && <KeyHint keys="Enter" />}
        </button>
        {shown !== null && (
          <button
            type="button"
            className={classes.eye}
            aria-pressed={shown}
            aria-label={t.showAnswer(merged ? t.merged : who || text)}
            title={t.showAnswer(merged ? t.merged : who || text)}
            onClick={onToggle}
          >
            <Icon name={shown ? "eye" : "eyeOff"} />
            <KeyHint keys={digit && `Shift+${digit}`} />
          </button>
        )}
      </div>
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

/** Of several labels: how likely each applies. */
function Parts({ task, document }: { task: TaskWithVotes; document: ChoiceDocument }) {
  const t = useMessages(messages);
  const shares = sharesOf(task);
  if (shares.length === 0) return null;
  return (
    <div className={classes.parts}>
      <h2 className={classes.heading}>{t.eachLabel}</h2>
      <Bars
        label={t.eachLabel}
        as="share"
        max={1}
        bars={shares.map(([name, value]) => ({
          key: name,
          name: <LabelName document={document} name={name} />,
          value,
        }))}
      />
    </div>
  );
}

/** Digits accept the answers in their order; with Shift they show or hide what is drawn. */
function useAnswerCommands(props: DecideWholeProps, decide: (proposal: Proposal) => void): void {
  const { task, proposals, hidden, onToggle } = props;
  const t = useMessages(messages);
  useCommands(
    proposals.slice(0, 9).flatMap((proposal, at): Command[] => {
      const accept: Command = {
        scope: "screen",
        id: `review.take.${at + 1}`,
        label: t.choose(proposal.text),
        keys: [String(at + 1)],
        family: { label: t.options, keys: "1 … 9" },
        enabled: () => !task.own_work,
        run: () => decide(proposal),
      };
      const toggle: Command = {
        scope: "screen",
        id: `review.show.${at + 1}`,
        label: t.showAnswer(String(at + 1)),
        keys: [`Shift+${at + 1}`],
        family: { label: t.showAnswers, keys: "Shift 1 … 9" },
        run: () => onToggle(proposal.key),
      };
      return hidden === null ? [accept] : [accept, toggle];
    }),
  );
}
