// Single choice: one key, one label, one answer.
import { useMemo } from "react";
import type { JsonObject } from "@/api/types";
import { type Command, runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { formatPercent, useMessages } from "@/i18n/messages";
import { KeyHint } from "@/ui/KeyHint";
import type { AnswerProps, TaskType } from "./base";
import { ChoiceList } from "./ChoiceList";
import classes from "./choice.module.css";
import { type ChoiceViewProps, keepFocus, Swatch } from "./choiceParts";
import { allLabels, type Option, optionsOf, ROW_LIMIT } from "./choiceSchema";
import { messages } from "./messages";

function ChoiceAnswer(props: AnswerProps) {
  const { schema, answer, suggestion, submitAtOnce, onChange, onSubmit } = props;
  const t = useMessages(messages);
  const options = useMemo(() => optionsOf(schema), [schema]);
  const chosen = typeof answer?.choice === "string" ? answer.choice : null;
  const choose = (option: Option, at: number) => {
    flash(option.name);
    const made = { choice: option.name };
    if (submitAtOnce) onSubmit(made, at);
    else onChange(made);
  };
  const submit = (at: number) => {
    if (chosen !== null) onSubmit({ choice: chosen }, at);
  };
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
    submitCommand("choice.submit", ["Enter"], false),
    submitCommand("choice.submit-anywhere", ["Mod+Enter"], true),
  ]);
  const view: ChoiceViewProps = {
    options,
    chosen,
    suggested: typeof suggestion?.answer.choice === "string" ? suggestion.answer.choice : null,
    suggestion:
      suggestion?.confidence == null
        ? t.suggestedPlain
        : t.suggested(formatPercent(suggestion.confidence, 0)),
    choose,
  };
  return (
    <div className={classes.answer}>
      {options.length > ROW_LIMIT ? <ChoiceList {...view} /> : <ChoiceRow {...view} />}
      {!submitAtOnce && (
        <div className={classes.submitRow}>
          <span className={classes.hint}>{chosen === null ? t.chosenHint : ""}</span>
          <button
            type="button"
            className={classes.submit}
            disabled={chosen === null}
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

function chooseCommand(
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

/** Shows which button it was, while the next image is already there. */
function flash(name: string): void {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const button = document.querySelector(`[data-choice="${CSS.escape(name)}"]`);
  button?.animate?.([{ backgroundColor: "var(--lh-accent)" }, {}], {
    duration: 260,
    easing: "ease-out",
  });
}

function ChoiceRow({ options, chosen, suggested, suggestion, choose }: ChoiceViewProps) {
  const t = useMessages(messages);
  const perRow = options.length <= 10 ? options.length : Math.ceil(options.length / 2);
  const style = {
    "--per-row": perRow,
    "--per-row-narrow": narrowColumns(options),
  } as React.CSSProperties;
  return (
    <fieldset className={classes.row} style={style} data-few={options.length <= 4 || undefined}>
      <legend className="lh-hidden">{t.labels}</legend>
      {options.map((option) => (
        <button
          key={option.name}
          type="button"
          className={classes.option}
          data-choice={option.name}
          data-short={option.title.length <= 2 || undefined}
          data-suggested={option.name === suggested || undefined}
          aria-pressed={option.name === chosen}
          title={option.description || undefined}
          onMouseDown={keepFocus}
          onClick={(event) => choose(option, event.timeStamp)}
        >
          {option.keys[0] && <KeyHint keys={option.keys[0]} />}
          <span className={classes.name}>
            {option.color && <Swatch color={option.color} />}
            {option.title}
          </span>
          {option.name === suggested && <span className={classes.suggested}>{suggestion}</span>}
        </button>
      ))}
    </fieldset>
  );
}

/** On a phone: short names five in a row, long ones two or one. */
function narrowColumns(options: readonly Option[]): number {
  const longest = Math.max(...options.map((option) => option.title.length));
  if (options.length <= 3 && longest <= 12) return options.length;
  if (longest <= 3) return Math.min(5, options.length);
  if (longest <= 8) return 3;
  return longest <= 20 ? 2 : 1;
}

export const choice: TaskType = {
  Answer: ChoiceAnswer,
  describe(answer: JsonObject, schema: JsonObject) {
    const name = String(answer.choice ?? "");
    const index = allLabels(schema).findIndex((label) => label.name === name);
    return { text: allLabels(schema)[index]?.title || name, index };
  },
  needsSide: (schema) => optionsOf(schema).length > ROW_LIMIT,
};
