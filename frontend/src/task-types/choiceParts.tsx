// What the row and the list of labels share.
import type { MouseEvent } from "react";
import type { Command } from "@/commands/registry";
import { useMessages } from "@/i18n/messages";
import classes from "./choice.module.css";
import type { Option } from "./choiceSchema";
import { messages } from "./messages";

export interface ChoiceViewProps {
  options: Option[];
  chosen: ReadonlySet<string>;
  /** Several can be chosen, and choosing one again takes it back. */
  many: boolean;
  suggested: ReadonlySet<string>;
  /** Who suggests them. */
  suggestion: string;
  choose: (option: Option, at: number) => void;
}

/** A click must not leave the focus on the button: Space would then press it again. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

export function Swatch({ color }: { color: string }) {
  return <span className={classes.swatch} style={{ background: color }} />;
}

/** Says what was chosen and may not be sent any more: somebody took it out of use meanwhile. */
export function Gone({ labels }: { labels: readonly string[] }) {
  const t = useMessages(messages);
  if (labels.length === 0) return null;
  return (
    <span className={classes.gone} role="alert">
      {t.outOfUse(labels.join(", "))}
    </span>
  );
}

export function chooseCommand(
  option: Option,
  t: (typeof messages)["english"],
  choose: ChoiceViewProps["choose"],
): Command {
  return {
    id: `choice.${option.index}`,
    label: t.choose(option.title),
    keys: option.keys,
    scope: "screen",
    family: { label: t.chooseMany, keys: "1 … 9 0" },
    run: (event) => choose(option, event?.timeStamp ?? performance.now()),
  };
}
