// The key that chooses a label: set by pressing it, cleared by Backspace.
import type { KeyboardEvent } from "react";
import { useMessages } from "@/i18n/messages";
import { bindingCaps } from "@/lib/keys";
import classes from "./KeyField.module.css";
import { messages } from "./messages";

interface KeyFieldProps {
  label: string;
  /** The label's own key; empty for the one of its place. */
  value: string;
  /** The key that is in force, null for none. */
  shown: string | null;
  wrong: boolean;
  disabled: boolean;
  onChange: (key: string) => void;
}

export function KeyField({ label, value, shown, wrong, disabled, onChange }: KeyFieldProps) {
  const t = useMessages(messages);
  const keyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    const cleared = event.key === "Backspace" || event.key === "Delete";
    if (cleared || /^[0-9a-z]$/i.test(event.key)) {
      event.preventDefault();
      onChange(cleared ? "" : event.key.toUpperCase());
    }
  };
  return (
    <input
      className={classes.field}
      aria-label={label}
      aria-invalid={wrong || undefined}
      data-own={value !== "" || undefined}
      title={value === "" ? t.autoKey : undefined}
      placeholder={t.pressKey}
      value={shown ? bindingCaps(shown).join(" ") : ""}
      disabled={disabled}
      readOnly
      onKeyDown={keyDown}
      onFocus={(event) => event.currentTarget.select()}
    />
  );
}
