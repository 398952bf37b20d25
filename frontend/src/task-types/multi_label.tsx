// All labels that apply: digits toggle, Enter submits. None can be an answer too.
import { useMemo } from "react";
import type { Json, JsonObject } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { textOf, useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { AnswerProps, TaskType } from "./base";
import { ChoiceList } from "./ChoiceList";
import { ChoiceRow } from "./ChoiceRow";
import classes from "./choice.module.css";
import { chooseCommand, Gone, keepFocus } from "./choiceParts";
import { allLabels, type Option, optionsOf, outOfUse, ROW_LIMIT } from "./choiceSchema";
import { messages } from "./messages";
import { proposer } from "./proposer";

/** Names that an answer holds. */
export function choicesOf(answer: JsonObject | null | undefined): string[] {
  return Array.isArray(answer?.choices) ? answer.choices.map(String) : [];
}

/** The choices with one taken in or out, in the order of the schema. */
export function toggled(
  options: readonly Option[],
  chosen: ReadonlySet<string>,
  name: string,
): string[] {
  return options
    .filter((option) => (option.name === name ? !chosen.has(name) : chosen.has(option.name)))
    .map((option) => option.name);
}

interface Bounds {
  least: number;
  most: number;
}

function boundsOf(schema: JsonObject, options: readonly Option[]): Bounds {
  const whole = (value: Json | undefined, other: number) =>
    typeof value === "number" ? value : other;
  return {
    least: whole(schema.at_least, 0),
    most: Math.min(options.length, whole(schema.at_most, options.length)),
  };
}

function MultiLabelAnswer(props: AnswerProps) {
  const { schema, answer, suggestion, onTake, onChange, onSubmit } = props;
  const t = useMessages(messages);
  const options = useMemo(() => optionsOf(schema), [schema]);
  const chosen = useMemo(() => new Set(choicesOf(answer)), [answer]);
  const suggested = useMemo(() => new Set(choicesOf(suggestion?.answer)), [suggestion]);
  const { least, most } = boundsOf(schema, options);
  const ready = chosen.size >= least && chosen.size <= most;
  const change = (choices: string[]) => onChange({ choices });
  const choose = (option: Option) => {
    const choices = toggled(options, chosen, option.name);
    if (choices.length > most && choices.length > chosen.size) {
      // With room for one, the newest is meant.
      if (most === 1) change([option.name]);
      else announce(t.atMost(most));
      return;
    }
    change(choices);
    announce(chosen.has(option.name) ? t.saidOff(option.title) : t.saidOn(option.title));
  };
  const gone = outOfUse(schema, chosen);
  const submit = (at: number) => {
    const choices = options.map(({ name }) => name).filter((name) => chosen.has(name));
    // What was chosen is not quietly left out: the next press sends what is seen then.
    if (gone.length > 0) {
      change(choices);
      announce(t.outOfUse(gone.join(", ")));
    } else if (ready) onSubmit({ choices }, at);
  };
  useCommands([
    ...options.map((option) => ({
      ...chooseCommand(option, t, choose),
      label: t.toggle(option.title),
    })),
    {
      id: "choice.submit",
      label: t.submitChosenMany,
      keys: ["Enter", "Mod+Enter"],
      scope: "screen",
      whileTyping: true,
      enabled: () => ready,
      run: (event) => submit(event?.timeStamp ?? performance.now()),
    },
    {
      id: "choice.accept",
      label: t.takeProposal,
      keys: ["A"],
      scope: "screen",
      enabled: () => suggested.size > 0,
      run: () => {
        onTake?.();
        change(options.map(({ name }) => name).filter((name) => suggested.has(name)));
      },
    },
  ]);
  const view = {
    options,
    many: true,
    chosen,
    suggested,
    suggestion: suggestion ? proposer(suggestion) : "",
    choose,
  };
  return (
    <div className={classes.answer}>
      {options.length > ROW_LIMIT ? <ChoiceList {...view} /> : <ChoiceRow {...view} />}
      <div className={classes.submitRow}>
        {options.length > ROW_LIMIT && chosen.size > 0 && (
          <p className={classes.chosen} data-testid="chosen">
            {options
              .filter(({ name }) => chosen.has(name))
              .map(({ title }) => title)
              .join(", ")}
          </p>
        )}
        <span className={classes.hint} role="status">
          {chosen.size < least ? t.atLeast(least) : t.chosenCount(chosen.size)}
        </span>
        <Gone labels={gone} />
        {suggested.size > 0 && (
          <button
            type="button"
            className={classes.accept}
            onMouseDown={keepFocus}
            onClick={() => runCommand("choice.accept")}
          >
            {t.takeProposal} <CommandKey id="choice.accept" keys={["A"]} />
          </button>
        )}
        <button
          type="button"
          className={classes.submit}
          disabled={!ready}
          onMouseDown={keepFocus}
          onClick={() => runCommand("choice.submit")}
        >
          {chosen.size === 0 ? t.submitNone : t.submit}{" "}
          <CommandKey id="choice.submit" keys={["Enter"]} />
        </button>
      </div>
    </div>
  );
}

export const multiLabel = {
  Answer: MultiLabelAnswer,
  describe(answer: JsonObject, schema: JsonObject) {
    const labels = allLabels(schema);
    const titles = choicesOf(answer).map(
      (name) => labels.find((label) => label.name === name)?.title || name,
    );
    return { text: titles.join(", ") || textOf(messages).none, index: -1 };
  },
  needsSide: (schema) => optionsOf(schema).length > ROW_LIMIT,
} satisfies TaskType;
