// Asks why an item is skipped or flagged: one digit, or a few words.
import { type FormEvent, useState } from "react";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Dialog } from "@/ui/Dialog";
import { KeyHint } from "@/ui/KeyHint";
import { messages } from "./messages";
import classes from "./ReasonDialog.module.css";

interface ReasonDialogProps {
  title: string;
  reasons: readonly string[];
  onReason: (reason: string) => void;
  onClose: () => void;
}

export function ReasonDialog({ title, reasons, onReason, onClose }: ReasonDialogProps) {
  const t = useMessages(messages);
  const [own, setOwn] = useState("");
  useCommands(
    reasons.map((reason, place) => ({
      id: `label.reason.${place + 1}`,
      label: reason,
      keys: [String(place + 1)],
      scope: "dialog" as const,
      run: () => onReason(reason),
    })),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (own.trim()) onReason(own.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <div className={classes.reasons}>
        {reasons.map((reason, place) => (
          <button
            key={reason}
            type="button"
            className={classes.reason}
            data-autofocus={place === 0 || undefined}
            onClick={() => onReason(reason)}
          >
            <KeyHint keys={String(place + 1)} />
            {reason}
          </button>
        ))}
      </div>
      <form className={classes.own} onSubmit={submit}>
        <input
          className={classes.field}
          type="text"
          aria-label={t.otherReason}
          placeholder={t.otherReason}
          value={own}
          maxLength={500}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
        <button type="submit" className={classes.send} disabled={!own.trim()}>
          {t.send}
        </button>
      </form>
    </Dialog>
  );
}
