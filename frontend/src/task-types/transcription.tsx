// The text of a line: its picture above, the field below, both always in view.

import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { JsonObject } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { type Command, runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { textOf, useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import type { TaskType, WorkProps } from "./base";
import { keepFocus } from "./choiceParts";
import { insertText } from "./insertText";
import { LineStrip } from "./LineStrip";
import { messages } from "./messages";
import { PageView } from "./PageView";
import { Palette } from "./Palette";
import { Proposal } from "./Proposal";
import { readingPlace } from "./strip";
import { cleaned, completes, surplus, type TextSchema, textAnswer, textSchema } from "./textSchema";
import classes from "./transcription.module.css";

/** Put where a word cannot be read; the consensus knows it as a gap. */
export const UNREADABLE = "[?]";
const SHOWN = 60;

function TranscriptionWork(props: WorkProps) {
  const {
    schema: document_,
    answer,
    suggestion,
    task,
    picture,
    onTake,
    onChange,
    onSubmit,
  } = props;
  const t = useMessages(messages);
  const schema = useMemo(() => textSchema(document_), [document_]);
  const { text, illegible } = textAnswer(answer);
  const field = useRef<HTMLTextAreaElement>(null);
  const [caret, setCaret] = useState(0);
  const [problem, setProblem] = useState<{ task: number; text: string } | null>(null);
  const proposal = suggestion ? textAnswer(suggestion.answer).text : "";
  const vertical = schema.direction === "vertical";

  const write = (next: string) => {
    setProblem(null);
    onChange(next === "" ? null : { text: next });
  };
  const insert = (what: string) => field.current && insertText(field.current, what);
  const refuse = (why: string) => {
    setProblem({ task, text: why });
    announce(why);
  };
  const submit = (at: number) => {
    const given = cleaned(text, schema.multiline);
    const over = surplus(text, schema);
    if (illegible) onSubmit({ text: "", illegible: true }, at);
    else if (given === "") refuse(t.textMissing);
    else if (over > 0) refuse(t.textTooLong(over));
    else onSubmit({ text: given }, at);
  };
  const markUnreadable = () => {
    if (illegible) onChange(null);
    else if (text.trim() === "") onChange({ text: "", illegible: true });
    else insert(UNREADABLE);
  };
  const takeProposal = () => {
    if (!field.current) return;
    onTake?.();
    insertText(field.current, proposal, 0, text.length);
  };

  useTextCommands({ field, schema, submit, insert, markUnreadable, refuse });
  useCommands([
    {
      id: "text.take",
      label: t.takeProposal,
      keys: ["Tab"],
      scope: "answer",
      whileTyping: true,
      enabled: () => document.activeElement === field.current && completes(text, proposal),
      run: takeProposal,
    },
  ]);
  useFieldFocus(field, task);

  return (
    <div
      className={classes.work}
      data-vertical={vertical || undefined}
      data-page={picture.page ? true : undefined}
    >
      {picture.page && <PageView page={picture.page} task={task} around={props.around} />}
      <LineStrip
        {...props}
        vertical={vertical}
        rightToLeft={schema.direction === "rtl"}
        place={readingPlace(caret, text.length, picture, vertical)}
      />
      <div className={classes.writing}>
        <div className={classes.fieldRow}>
          <textarea
            ref={field}
            className={classes.field}
            aria-label={t.fieldLabel}
            aria-invalid={problem?.task === task || undefined}
            aria-describedby="text-hint"
            dir={vertical ? undefined : schema.direction}
            rows={vertical ? 8 : Math.min(8, Math.max(1, text.split("\n").length))}
            placeholder={illegible ? t.illegible : t.fieldHint}
            data-illegible={illegible || undefined}
            autoComplete="off"
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          />
          <button
            type="button"
            className={classes.submit}
            onMouseDown={keepFocus}
            onClick={() => runCommand("text.submit")}
          >
            {t.save} <CommandKey id="text.submit" keys={["Enter"]} />
          </button>
        </div>
        <p className={classes.hint} id="text-hint" data-wrong={problem?.task === task || undefined}>
          {problem?.task === task ? problem.text : illegible ? t.illegibleHint : ""}
        </p>
        {suggestion && proposal !== "" && (
          <Proposal
            text={proposal}
            suggestion={suggestion}
            direction={schema.direction}
            offered={completes(text, proposal)}
            onTake={takeProposal}
          />
        )}
        <Palette characters={schema.palette} illegible={illegible} insert={insert} />
      </div>
      <div className={classes.rest}>{props.children}</div>
    </div>
  );
}

interface TextCommandsProps {
  field: React.RefObject<HTMLTextAreaElement | null>;
  schema: TextSchema;
  submit: (at: number) => void;
  insert: (text: string) => void;
  markUnreadable: () => void;
  refuse: (why: string) => void;
}

function useTextCommands(props: TextCommandsProps): void {
  const { field, schema, submit, insert, markUnreadable, refuse } = props;
  const t = useMessages(messages);
  const writing = { scope: "answer", whileTyping: true } as const;
  const inField = () => document.activeElement === field.current;
  // In a text of several rows the arrows lead through it.
  const inOneRow = () => {
    const place = field.current;
    return inField() && !schema.multiline && place !== null && isOneRow(place);
  };
  const commands: Command[] = [
    {
      ...writing,
      id: "text.submit",
      label: t.saveLine,
      keys: ["Enter", "Mod+Enter"],
      run: (event) => submit(event?.timeStamp ?? performance.now()),
    },
    {
      ...writing,
      id: "text.break",
      label: t.lineBreak,
      keys: ["Shift+Enter"],
      enabled: inField,
      run: () => (schema.multiline ? insert("\n") : refuse(t.oneLine)),
    },
    {
      ...writing,
      id: "text.previous",
      label: t.previousLine,
      keys: ["Alt+ArrowUp"],
      run: () => runCommand("label.previous"),
    },
    {
      ...writing,
      id: "text.next",
      label: t.nextLine,
      keys: ["Alt+ArrowDown"],
      run: () => runCommand("label.next"),
    },
    {
      ...writing,
      id: "text.up",
      label: t.previousLine,
      keys: ["ArrowUp"],
      enabled: inOneRow,
      run: () => runCommand("label.previous"),
    },
    {
      ...writing,
      id: "text.down",
      label: t.nextLine,
      keys: ["ArrowDown"],
      enabled: inOneRow,
      run: () => runCommand("label.next"),
    },
    {
      ...writing,
      id: "text.unreadable",
      label: t.unreadable,
      keys: ["Alt+U"],
      run: markUnreadable,
    },
    {
      ...writing,
      id: "text.leave",
      label: t.leaveField,
      keys: ["Escape"],
      enabled: inField,
      run: () => field.current?.blur(),
    },
    {
      id: "text.enter",
      label: t.enterField,
      keys: ["T"],
      scope: "answer",
      run: () => field.current?.focus(),
    },
  ];
  useCommands(commands);
}

function isOneRow(field: HTMLTextAreaElement): boolean {
  const { lineHeight, paddingTop, paddingBottom } = getComputedStyle(field);
  const text =
    field.scrollHeight - Number.parseFloat(paddingTop) - Number.parseFloat(paddingBottom);
  return !(text > 1.5 * Number.parseFloat(lineHeight));
}

/** The next line is written at once: the field keeps the focus, with the caret at the end. */
function useFieldFocus(field: React.RefObject<HTMLTextAreaElement | null>, task: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: each task anew
  useLayoutEffect(() => {
    if (document.querySelector('[aria-modal="true"]')) return;
    const place = field.current;
    place?.focus({ preventScroll: true });
    place?.setSelectionRange(place.value.length, place.value.length);
  }, [field, task]);
}

export const transcription: TaskType = {
  Work: TranscriptionWork,
  describe(answer: JsonObject) {
    const { text, illegible } = textAnswer(answer);
    const shown = [...text];
    const short = shown.length > SHOWN ? `${shown.slice(0, SHOWN).join("")}…` : text;
    return { text: illegible ? textOf(messages).illegible : short, index: -1 };
  },
  needsSide: () => false,
};
