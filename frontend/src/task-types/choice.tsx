// Single choice: one key, one label, one answer.
import { useMemo } from "react";
import type { JsonObject } from "@/api/types";
import { type Command, runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { KeyHint } from "@/ui/KeyHint";
import type { AnswerProps, TaskType } from "./base";
import { ChoiceList } from "./ChoiceList";
import { ChoiceRow } from "./ChoiceRow";
import classes from "./choice.module.css";
import { type ChoiceViewProps, chooseCommand, Gone, keepFocus } from "./choiceParts";
import { allLabels, type Option, optionsOf, outOfUse, ROW_LIMIT } from "./choiceSchema";
import { messages } from "./messages";
import { proposer } from "./proposer";

function ChoiceAnswer(props: AnswerProps) {
  const { schema, answer, suggestion, submitAtOnce, onTake, onChange, onSubmit } = props;
  const t = useMessages(messages);
  const options = useMemo(() => optionsOf(schema), [schema]);
  const chosen = typeof answer?.choice === "string" ? answer.choice : null;
  const choose = (option: Option, at: number) => {
    flash(option.name);
    const made = { choice: option.name };
    if (submitAtOnce) onSubmit(made, at);
    else onChange(made);
  };
  const gone = outOfUse(schema, chosen === null ? [] : [chosen]);
  const submit = (at: number) => {
    if (gone.length > 0) announce(t.outOfUse(gone.join(", ")));
    else if (chosen !== null) onSubmit({ choice: chosen }, at);
  };
  const proposed = options.find((option) => option.name === suggestion?.answer.choice);
  const submitCommand = (id: string, keys: string[], whileTyping: boolean): Command => ({
    id,
    label: t.submitChosen,
    keys,
    scope: "screen",
    whileTyping,
    enabled: () => chosen !== null,
    run: (event) => submit(event?.timeStamp ?? performance.now()),
  });
  useCommands([
    ...options.map((option) => chooseCommand(option, t, choose)),
    {
      id: "choice.accept",
      label: t.takeProposal,
      keys: ["A"],
      scope: "screen",
      enabled: () => proposed !== undefined,
      run: (event) => {
        if (!proposed) return;
        onTake?.();
        choose(proposed, event?.timeStamp ?? performance.now());
      },
    },
    submitCommand("choice.submit", ["Enter"], false),
    submitCommand("choice.submit-anywhere", ["Mod+Enter"], true),
  ]);
  const view: ChoiceViewProps = {
    options,
    many: false,
    chosen: new Set(chosen === null ? [] : [chosen]),
    suggested: new Set(proposed ? [proposed.name] : []),
    suggestion: suggestion ? proposer(suggestion) : "",
    choose,
  };
  return (
    <div className={classes.answer}>
      {options.length > ROW_LIMIT ? <ChoiceList {...view} /> : <ChoiceRow {...view} />}
      {!submitAtOnce && (
        <div className={classes.submitRow}>
          <Gone labels={gone} />
          <span className={classes.hint}>{chosen === null ? t.chosenHint : ""}</span>
          <button
            type="button"
            className={classes.submit}
            disabled={chosen === null || gone.length > 0}
            onMouseDown={keepFocus}
            onClick={() => runCommand("choice.submit")}
          >
            {t.submit} <KeyHint keys="Enter" />
          </button>
        </div>
      )}
    </div>
  );
}

/** Shows which button it was, while the next image is already there. */
function flash(name: string): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const button = document.querySelector(`[data-choice="${CSS.escape(name)}"]`);
  button?.animate?.([{ backgroundColor: "var(--lh-accent)" }, {}], {
    duration: 260,
    easing: "ease-out",
  });
}

export const choice = {
  Answer: ChoiceAnswer,
  describe(answer: JsonObject, schema: JsonObject) {
    const name = String(answer.choice ?? "");
    const index = allLabels(schema).findIndex((label) => label.name === name);
    return { text: allLabels(schema)[index]?.title || name, index };
  },
  needsSide: (schema) => optionsOf(schema).length > ROW_LIMIT,
  oneKey: true,
} satisfies TaskType;
