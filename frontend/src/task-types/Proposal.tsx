// What a model reads on the line, with the characters marked that it is not sure of.
import { CommandKey } from "@/commands/CommandKey";
import { useMessages } from "@/i18n/messages";
import type { Suggestion } from "./base";
import { keepFocus } from "./choiceParts";
import { messages } from "./messages";
import { proposer } from "./proposer";
import { type Direction, stretches } from "./textSchema";
import classes from "./transcription.module.css";

interface ProposalProps {
  text: string;
  suggestion: Suggestion;
  direction: Direction;
  /** Taking it would lose nothing that was typed. */
  offered: boolean;
  onTake: () => void;
}

export function Proposal({ text, suggestion, direction, offered, onTake }: ProposalProps) {
  const t = useMessages(messages);
  const { characters } = suggestion;
  return (
    <div className={classes.proposal}>
      <span className={classes.source}>{proposer(suggestion)}</span>
      <span
        className={classes.proposed}
        dir={direction === "vertical" ? undefined : direction}
        data-testid="proposal"
      >
        {stretches(text, characters ?? null).map((stretch, at) =>
          stretch.uncertain ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: stretches have no other identity
            <mark key={at} className={classes.unsure} title={t.unsure}>
              {stretch.text}
            </mark>
          ) : (
            stretch.text
          ),
        )}
      </span>
      <button
        type="button"
        className={classes.small}
        disabled={!offered}
        onMouseDown={keepFocus}
        onClick={onTake}
      >
        {t.take} <CommandKey id="text.take" keys={["Tab"]} />
      </button>
    </div>
  );
}
