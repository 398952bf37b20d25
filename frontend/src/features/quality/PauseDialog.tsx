// A labeler's pause as a manager sees it: why, what they say, and what to do about it.
import { Button, Checkbox, Modal, Stack, Textarea } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import type { Member } from "@/api/types";
import { formatRelative, useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { notify } from "@/ui/notify";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { type PauseChange, usePauseChange } from "./requests";

interface PauseDialogProps {
  project: number;
  member: Member;
  onClose: () => void;
}

export const shownName = ({ display_name, username }: Member) => display_name || username;

export function PauseDialog({ project, member, onClose }: PauseDialogProps) {
  const t = useMessages(messages);
  const change = usePauseChange(project, member.id);
  const name = shownName(member);
  return (
    <Modal
      opened
      onClose={onClose}
      title={member.pause ? t.pausedTitle(name) : t.pauseTitle(name)}
      size={480}
      closeButtonProps={{ "aria-label": t.cancel }}
    >
      {member.pause ? (
        <Paused member={member} pause={member.pause} change={change} onClose={onClose} />
      ) : (
        <AskToPause change={change} onClose={onClose} />
      )}
      {change.error && (
        <p className={classes.refusal} role="alert">
          {change.error.fields.reason?.join(" ") ??
            change.error.fields.message?.join(" ") ??
            change.error.detail}
        </p>
      )}
    </Modal>
  );
}

type Change = ReturnType<typeof usePauseChange>;

function AskToPause({ change, onClose }: { change: Change; onClose: () => void }) {
  const t = useMessages(messages);
  const [reason, setReason] = useState("");
  return (
    <DialogForm
      action={t.pause}
      sending={change.isPending}
      ready={reason.trim() !== ""}
      onSend={() => change.mutate({ kind: "pause", reason }, { onSuccess: onClose })}
      onClose={onClose}
    >
      <p className={classes.text}>{t.pauseText}</p>
      <Textarea
        label={t.reason}
        data-autofocus
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </DialogForm>
  );
}

interface PausedProps {
  member: Member;
  pause: NonNullable<Member["pause"]>;
  change: Change;
  onClose: () => void;
}

function Paused({ member, pause, change, onClose }: PausedProps) {
  const t = useMessages(messages);
  const [message, setMessage] = useState("");
  const doing = (kind: PauseChange["kind"]) => change.isPending && change.variables?.kind === kind;
  const resume = () =>
    change.mutate(
      { kind: "resume" },
      {
        onSuccess: () => {
          notify(t.resumed(shownName(member)));
          onClose();
        },
      },
    );
  return (
    <Stack gap="md">
      <div>
        <p className={classes.text}>{t.pausedSince(formatRelative(pause.since))}</p>
        <p className={classes.quote}>{pause.reason}</p>
        {pause.appealed_at ? (
          <>
            <strong>{t.appealText}</strong>{" "}
            <span className={classes.quiet}>{formatRelative(pause.appealed_at)}</span>
            <p className={classes.quote}>{pause.appeal}</p>
          </>
        ) : (
          <p className={classes.text}>{t.noAppeal}</p>
        )}
        {pause.replied_at && (
          <>
            <strong>{t.replied}</strong>
            <p className={classes.quote}>{pause.reply}</p>
          </>
        )}
      </div>
      {pause.appealed_at && !pause.replied_at && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate({ kind: "reply", message }, { onSuccess: onClose });
          }}
        >
          <Textarea
            label={t.replyLabel}
            autosize
            minRows={2}
            maxLength={2000}
            value={message}
            onChange={(event) => setMessage(event.currentTarget.value)}
          />
          <Button
            mt="xs"
            type="submit"
            variant="default"
            disabled={!message.trim()}
            loading={doing("reply")}
          >
            {t.reply}
          </Button>
        </form>
      )}
      <Checkbox
        label={t.countedLabel}
        description={t.countedHint}
        checked={member.counted}
        disabled={doing("counted")}
        onChange={(event) =>
          change.mutate({ kind: "counted", counted: event.currentTarget.checked })
        }
      />
      <div>
        <Button onClick={resume} loading={doing("resume")}>
          {t.resume}
        </Button>
        <p className={classes.note}>{t.resumeHint}</p>
      </div>
    </Stack>
  );
}
