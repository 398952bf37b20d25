// What deciding has in common, whatever the kind of question: notices, note, and the way on.
import { Button, Textarea } from "@mantine/core";
import type { ReactNode, RefObject } from "react";
import type { TaskWithVotes } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { type Command, runCommand } from "@/commands/registry";
import { useCommands, useKeyOf } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import classes from "./Decide.module.css";
import { messages } from "./messages";

/** The way through the queue, and what can be done with a task besides choosing an answer. */
export interface WayProps {
  task: TaskWithVotes;
  /** What was decided for it a moment ago, in words. */
  decided: string | undefined;
  onSkip: () => void;
  onBack: (() => void) | null;
  /** Takes a standing decision back; null where there is none. */
  onReopen: (() => void) | null;
  /** To answer it oneself; null where the answers offered are all that there are. */
  onAnew: (() => void) | null;
  /** How it came to stand as it does. */
  origin: ReactNode;
}

/** What the reviewer should know before deciding: flags, own work, what was decided already. */
export function Notices({ task, decided, onReopen }: WayProps) {
  const t = useMessages(messages);
  const standing = task.decisions.find((decision) => decision.reopened_at === null);
  return (
    <>
      {task.flags_raised
        .filter((flag) => !flag.resolved)
        .map((flag) => (
          <p key={flag.created_at} className={classes.flag}>
            <Icon name="flag" size={14} />
            <span>
              {flag.reason || t.noReason} <span className={classes.quiet}>{flag.labeler}</span>
            </span>
          </p>
        ))}
      {task.own_work && <p className={classes.flag}>{t.ownWork}</p>}
      {(decided !== undefined || standing) && (
        <div className={classes.decided}>
          <Icon name="check" size={14} />
          <span className={classes.grow}>
            {decided === undefined ? t.decidedBy(standing?.reviewer ?? "") : t.decided(decided)}
          </span>
          {onReopen && (
            <button
              type="button"
              className={classes.small}
              onClick={() => runCommand("review.reopen")}
            >
              {t.takeBack} <CommandKey id="review.reopen" keys={["R"]} />
            </button>
          )}
        </div>
      )}
    </>
  );
}

interface NoteFieldProps {
  field: RefObject<HTMLTextAreaElement | null>;
  note: string;
  onNote: (note: string) => void;
}

export function NoteField({ field, note, onNote }: NoteFieldProps) {
  const t = useMessages(messages);
  return (
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
      onChange={(event) => onNote(event.currentTarget.value)}
    />
  );
}

export const BACK: Pick<Command, "id" | "keys"> = {
  id: "review.back",
  keys: ["Backspace", "ArrowLeft"],
};
const SKIP: Pick<Command, "id" | "keys"> = { id: "review.skip", keys: ["S", "ArrowRight"] };
const ACCEPT: Pick<Command, "id" | "keys"> = { id: "review.accept", keys: ["Enter"] };

interface CommandProps extends WayProps {
  /** Accepts what leads; null where nothing does. */
  onAccept: (() => void) | null;
  field: RefObject<HTMLTextAreaElement | null>;
}

export function useWayCommands(props: CommandProps): void {
  const { task, field, onAccept, onSkip, onBack, onReopen, onAnew } = props;
  const t = useMessages(messages);
  const screen = { scope: "screen" } as const;
  useCommands([
    {
      ...ACCEPT,
      ...screen,
      label: t.acceptLeading,
      enabled: () => !task.own_work && onAccept !== null,
      run: () => onAccept?.(),
    },
    {
      ...screen,
      id: "review.anew",
      label: t.anew,
      keys: ["E"],
      enabled: () => !task.own_work && onAnew !== null,
      run: () => onAnew?.(),
    },
    {
      ...screen,
      id: "review.reopen",
      label: t.reopen,
      keys: ["R"],
      enabled: () => onReopen !== null,
      run: () => onReopen?.(),
    },
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

interface FootProps extends Pick<WayProps, "onSkip" | "onBack" | "task"> {
  /** What accepting the leading answer is called; undefined where nothing leads. */
  leading: string | undefined;
  onAccept: () => void;
}

export function Foot({ task, leading, onSkip, onBack, onAccept }: FootProps) {
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
      <Button variant="default" onClick={onSkip}>
        {t.skip}
        <span className={classes.hint}>
          <KeyHint keys={skip} />
        </span>
      </Button>
      <Button
        className={classes.accept}
        disabled={leading === undefined || task.own_work}
        onClick={onAccept}
      >
        {leading ?? t.acceptLeading}
        <span className={classes.hint}>
          <KeyHint keys={accept} />
        </span>
      </Button>
    </div>
  );
}
