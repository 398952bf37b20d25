// A text that is there to be copied: a link, a token, a command.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import classes from "./CopyField.module.css";
import { copy } from "./copy";
import { Icon } from "./icons";
import { messages } from "./messages";

interface CopyFieldProps {
  label: string;
  value: string;
  /** Without the label in sight, and over several lines. */
  block?: boolean;
}

export function CopyField({ label, value, block }: CopyFieldProps) {
  const t = useMessages(messages);
  const [done, setDone] = useState(false);
  const [element, setElement] = useState<HTMLElement | null>(null);
  const run = async () => {
    setDone(await copy(value, element));
    setTimeout(() => setDone(false), 2000);
  };
  return (
    <div className={classes.field} data-block={block || undefined}>
      {!block && <div className={classes.label}>{label}</div>}
      <div className={classes.box}>
        <code ref={setElement} className={classes.value}>
          {value}
        </code>
        <Button
          className={classes.button}
          variant="default"
          size="compact-sm"
          aria-label={t.copyThis(label)}
          leftSection={<Icon name={done ? "check" : "copy"} size={14} />}
          onClick={() => void run()}
        >
          {done ? t.copied : t.copy}
        </Button>
      </div>
    </div>
  );
}
