// The answers side by side, and the reviewer's decision between them.
import { Button, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import type { ChoiceDocument, TaskWithVotes } from "@/api/types";
import type { Command } from "@/commands/registry";
import { useCommands, useKeyOf } from "@/commands/useCommands";
import { formatPercent, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import { titleOf } from "@/ui/LabelName";
import { LabelTag, Tag } from "@/ui/Tag";
import classes from "./Decide.module.css";
import { messages } from "./messages";
import { hasEvidence, leadingOf, type Opinion, opinionsOn } from "./opinions";
import { type Skills, Voter } from "./Votes";

interface DecideProps {
  task: TaskWithVotes;
  document: ChoiceDocument;
  skills: Skills;
  /** What was decided for it a moment ago. */
  decided: string | undefined;
  onDecide: (label: string, note: string) => void;
  onSkip: () => void;
  onBack: (() => void) | null;
}

export function Decide(props: DecideProps) {
  const { task, document, skills, decided, onDecide } = props;
  const t = useMessages(messages);
  const [note, setNote] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const opinions = opinionsOn(task, document);
  const leading = leadingOf(opinions);
  const decide = (name: string) => onDecide(name, note.trim());
  useDecideCommands({ ...props, opinions, leading, decide, field });
  const evident = opinions.filter(hasEvidence);
  const others = opinions
    .filter((opinion) => !hasEvidence(opinion))
    .sort((a, b) => a.index - b.index);
  return (
    <section className={classes.panel} aria-label={t.options}>
      <div className={classes.scroll}>
        <Notices task={task} document={document} decided={decided} />
        <ul className={classes.opinions}>
          {evident.map((opinion) => (
            <OpinionRow
              key={opinion.name}
              opinion={opinion}
              skills={skills}
              leading={opinion === leading}
              disabled={task.own_work}
              onDecide={() => decide(opinion.name)}
            />
          ))}
        </ul>
        <OtherAnswers others={others} disabled={task.own_work} onDecide={decide} />
        <Textarea
          ref={field}
          className={classes.note}
          label={t.note}
          placeholder={t.notePlaceholder}
          autosize
          minRows={2}
          maxRows={6}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </div>
      <Foot {...props} leading={leading} onAccept={() => leading && decide(leading.name)} />
    </section>
  );
}

/** What the reviewer should know before deciding: flags, own work, what was decided already. */
function Notices({ task, document, decided }: Pick<DecideProps, "task" | "document" | "decided">) {
  const t = useMessages(messages);
  return (
    <>
      {task.flags_raised.map((flag) => (
        <p key={flag.created_at} className={classes.flag}>
          <Icon name="flag" size={14} />
          <span>
            {flag.reason || t.noReason} <span className={classes.quiet}>{flag.labeler}</span>
          </span>
        </p>
      ))}
      {task.own_work && <p className={classes.flag}>{t.ownWork}</p>}
      {decided !== undefined && (
        <p className={classes.decided}>
          <Icon name="check" size={14} /> {t.decided(titleOf(document, decided))}
        </p>
      )}
    </>
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
  leading: boolean;
  disabled: boolean;
  onDecide: () => void;
}

function OpinionRow({ opinion, skills, leading, disabled, onDecide }: OpinionRowProps) {
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
              <Voter vote={vote} skill={skills.get(vote.labeler)} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

const BACK: Pick<Command, "id" | "keys"> = { id: "review.back", keys: ["Backspace", "ArrowLeft"] };
const SKIP: Pick<Command, "id" | "keys"> = { id: "review.skip", keys: ["S", "ArrowRight"] };
const ACCEPT: Pick<Command, "id" | "keys"> = { id: "review.accept", keys: ["Enter"] };

interface CommandProps extends DecideProps {
  opinions: readonly Opinion[];
  leading: Opinion | undefined;
  decide: (name: string) => void;
  field: React.RefObject<HTMLTextAreaElement | null>;
}

function useDecideCommands(props: CommandProps): void {
  const { task, opinions, leading, decide, field, onSkip, onBack } = props;
  const t = useMessages(messages);
  const may = () => !task.own_work;
  const screen = { scope: "screen" } as const;
  useCommands([
    {
      ...ACCEPT,
      ...screen,
      label: t.acceptLeading,
      enabled: () => may() && leading !== undefined,
      run: () => leading && decide(leading.name),
    },
    ...opinions.flatMap(({ name, title, key }) =>
      key === undefined
        ? []
        : [
            {
              ...screen,
              id: `review.choose.${name}`,
              label: t.choose(title),
              keys: [key],
              family: { label: t.options, keys: "1 … 9 0" },
              enabled: may,
              run: () => decide(name),
            },
          ],
    ),
    { ...SKIP, ...screen, label: t.skip, repeat: true, run: onSkip },
    {
      ...BACK,
      ...screen,
      label: t.back,
      repeat: true,
      enabled: () => onBack !== null,
      run: () => onBack?.(),
    },
    {
      ...screen,
      id: "review.note",
      label: t.writeNote,
      keys: ["N"],
      run: () => field.current?.focus(),
    },
    {
      ...screen,
      id: "review.leaveNote",
      label: t.close,
      keys: ["Escape"],
      whileTyping: true,
      enabled: () => document.activeElement === field.current,
      run: () => field.current?.blur(),
    },
  ]);
}

interface FootProps extends Pick<DecideProps, "onSkip" | "onBack" | "task"> {
  leading: Opinion | undefined;
  onAccept: () => void;
}

function Foot({ task, leading, onSkip, onBack, onAccept }: FootProps) {
  const t = useMessages(messages);
  const [back, skip, accept] = [useKeyOf(BACK), useKeyOf(SKIP), useKeyOf(ACCEPT)];
  return (
    <div className={classes.foot}>
      <Button
        variant="default"
        px={8}
        aria-label={t.back}
        title={t.back}
        disabled={onBack === null}
        onClick={() => onBack?.()}
      >
        <Icon name="undo" />
        <span className={classes.hint}>
          <KeyHint keys={back} />
        </span>
      </Button>
      <Button variant="default" rightSection={<KeyHint keys={skip} />} onClick={onSkip}>
        {t.skip}
      </Button>
      <Button
        className={classes.accept}
        disabled={leading === undefined || task.own_work}
        onClick={onAccept}
      >
        {leading ? t.choose(leading.title) : t.acceptLeading}
        <span className={classes.hint}>
          <KeyHint keys={accept} />
        </span>
      </Button>
    </div>
  );
}
