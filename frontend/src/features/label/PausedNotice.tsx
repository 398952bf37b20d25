// What a paused labeler is told, and their way to ask the managers to look again.
import { Button, Textarea } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { Link } from "react-router";
import { formatRelative, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { Loaded } from "@/ui/states";
import { messages } from "./nothingMessages";
import classes from "./PausedNotice.module.css";
import { useAppeal, useStanding } from "./standing";

type Standing = NonNullable<ReturnType<typeof useStanding>["data"]>;

interface PausedNoticeProps {
  project: number;
  /** Called once the pause is over, to ask for work again. */
  onResumed: () => void;
}

export function PausedNotice({ project, onResumed }: PausedNoticeProps) {
  const standing = useStanding(project);
  const over = standing.data?.pause === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each end of a pause
  useEffect(() => {
    if (over) onResumed();
  }, [over]);
  return (
    <Loaded query={standing}>
      {({ pause }) => pause && <Notice project={project} pause={pause} />}
    </Loaded>
  );
}

function Notice({ project, pause }: { project: number; pause: NonNullable<Standing["pause"]> }) {
  const t = useMessages(messages);
  return (
    <section className={classes.notice} aria-label={t.pausedTitle}>
      <h2 className={classes.title}>
        <Icon name="lock" /> {t.pausedTitle}
      </h2>
      <p className={classes.text}>{t.pausedText}</p>
      <h3 className={classes.name}>{t.pausedWhy}</h3>
      <p className={classes.quote}>{pause.reason}</p>
      {pause.appealed_at && (
        <>
          <h3 className={classes.name}>
            {t.appealSent} <span className={classes.text}>{formatRelative(pause.appealed_at)}</span>
          </h3>
          <p className={classes.quote}>{pause.appeal}</p>
        </>
      )}
      {pause.replied_at && (
        <>
          <h3 className={classes.name}>{t.appealAnswer}</h3>
          <p className={classes.quote}>{pause.reply}</p>
        </>
      )}
      {pause.appealed_at && !pause.replied_at && <p className={classes.text}>{t.appealWaiting}</p>}
      <Appeal project={project} />
      <Link to={`/projects/${project}`}>{t.overview}</Link>
    </section>
  );
}

function Appeal({ project }: { project: number }) {
  const t = useMessages(messages);
  const appeal = useAppeal(project);
  const [message, setMessage] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    appeal.mutate(message, { onSuccess: () => setMessage("") });
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <Textarea
        label={t.appealLabel}
        autosize
        minRows={3}
        maxLength={2000}
        value={message}
        error={appeal.error?.fields.message?.join(" ") ?? appeal.error?.detail}
        onChange={(event) => setMessage(event.currentTarget.value)}
      />
      <Button type="submit" disabled={!message.trim()} loading={appeal.isPending}>
        {t.appealSend}
      </Button>
    </form>
  );
}
