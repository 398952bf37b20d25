// The keys of the label screen that are not answers.

import type { JsonObject } from "@/api/types";
import type { Command } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { textOf, useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { LabelLoop } from "./loop";
import { messages } from "./messages";

interface LabelCommandsProps {
  loop: LabelLoop;
  /** The screen shows the item as a plain picture; otherwise the task type has it to itself. */
  plain: boolean;
  enlarge: (on: boolean) => void;
  isEnlarged: boolean;
  ask: (what: "skip" | "flag") => void;
  hasDraft: boolean;
  clearDraft: () => void;
  words: (answer: JsonObject) => string;
}

/** On a plain picture Backspace leads back; where things are drawn it deletes. */
export function previousKeys(plain: boolean): string[] {
  return plain ? ["Backspace", "Alt+ArrowLeft"] : ["Alt+ArrowLeft"];
}

export function useLabelCommands(props: LabelCommandsProps): void {
  const t = useMessages(messages);
  const { loop, plain, enlarge, isEnlarged, ask, hasDraft, clearDraft, words } = props;
  const back = () => {
    loop.previous();
    sayWhere(loop, words);
  };
  const forward = () => {
    loop.next();
    sayWhere(loop, words);
  };
  const lookingBack = () => loop.getState().back !== null;
  const screen = { scope: "screen" } as const;
  const enlargeCommand: Command = {
    ...screen,
    id: "label.enlarge",
    label: t.enlarge,
    keys: ["Space"],
    enabled: () => loop.shown !== null,
    run: () => enlarge(true),
    release: () => enlarge(false),
  };
  useCommands([
    {
      ...screen,
      id: "label.previous",
      label: t.previous,
      keys: previousKeys(plain),
      run: back,
    },
    { ...screen, id: "label.undo", label: t.undo, keys: ["Mod+Z"], run: back },
    { ...screen, id: "label.next", label: t.next, keys: ["Alt+ArrowRight"], run: forward },
    { ...screen, id: "label.redo", label: t.redo, keys: ["Mod+Shift+Z", "Mod+Y"], run: forward },
    {
      ...screen,
      id: "label.skip",
      label: t.skip,
      keys: ["S"],
      enabled: () => !lookingBack() && loop.shown !== null,
      run: () => ask("skip"),
    },
    {
      ...screen,
      id: "label.flag",
      label: t.flag,
      keys: ["F"],
      enabled: () => loop.shown !== null,
      run: () => ask("flag"),
    },
    ...(plain ? [enlargeCommand] : []),
    {
      ...screen,
      id: "label.leave",
      label: t.cancel,
      keys: ["Escape"],
      enabled: () => isEnlarged || (plain && hasDraft) || lookingBack(),
      run: () => {
        if (isEnlarged) enlarge(false);
        else if (plain && hasDraft) clearDraft();
        else loop.toFront();
      },
    },
  ]);
}

function sayWhere(loop: LabelLoop, words: (answer: JsonObject) => string): void {
  const t = textOf(messages);
  const shown = loop.shown;
  if (shown && "past" in shown && shown.past.answer) announce(t.saidBack(words(shown.past.answer)));
  else if (loop.getState().past.length === 0) announce(t.saidNoPrevious);
  else announce(t.toFront);
}
