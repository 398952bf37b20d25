// The keys of the label screen that are not answers.

import type { JsonObject } from "@/api/types";
import { useCommands } from "@/commands/useCommands";
import { textOf, useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { LabelLoop } from "./loop";
import { messages } from "./messages";

interface LabelCommandsProps {
  loop: LabelLoop;
  enlarge: (on: boolean) => void;
  isEnlarged: boolean;
  ask: (what: "skip" | "flag") => void;
  hasDraft: boolean;
  clearDraft: () => void;
  words: (answer: JsonObject) => string;
}

export function useLabelCommands(props: LabelCommandsProps): void {
  const t = useMessages(messages);
  const { loop, enlarge, isEnlarged, ask, hasDraft, clearDraft, words } = props;
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
  useCommands([
    {
      ...screen,
      id: "label.previous",
      label: t.previous,
      keys: ["Backspace", "Alt+ArrowLeft"],
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
    {
      ...screen,
      id: "label.enlarge",
      label: t.enlarge,
      keys: ["Space"],
      enabled: () => loop.shown !== null,
      run: () => enlarge(true),
      release: () => enlarge(false),
    },
    {
      ...screen,
      id: "label.leave",
      label: t.cancel,
      keys: ["Escape"],
      enabled: () => isEnlarged || hasDraft || lookingBack(),
      run: () => {
        if (isEnlarged) enlarge(false);
        else if (hasDraft) clearDraft();
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
