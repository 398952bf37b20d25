// Many labels: a list under headings that narrows while one types.
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import classes from "./choice.module.css";
import { type ChoiceViewProps, keepFocus, Swatch } from "./choiceParts";
import { grouped, matching, type Option } from "./choiceSchema";
import { messages } from "./messages";

export function ChoiceList(props: ChoiceViewProps) {
  const { options, many, choose } = props;
  const t = useMessages(messages);
  const field = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState("");
  // Nothing is marked until one types or goes through the list.
  const [at, setAt] = useState<number | null>(null);
  // What is typed ranks the labels; with nothing typed they stand under their headings.
  const groups =
    wanted === "" ? grouped(options) : [{ name: "", options: matching(options, wanted) }];
  const found = groups.flatMap((group) => group.options);
  const place = at ?? (wanted === "" ? -1 : 0);
  const active = found[Math.min(place, found.length - 1)];
  useCommands([
    {
      id: "choice.find",
      label: t.findLabel,
      keys: ["/"],
      scope: "screen",
      run: () => field.current?.focus(),
    },
  ]);
  useEffect(() => {
    if (active) document.getElementById(idOf(active))?.scrollIntoView?.({ block: "nearest" });
  }, [active]);
  const pick = (option: Option | undefined, moment: number) => {
    if (!option) return;
    setWanted("");
    // Who goes through the list to choose several goes on from there.
    if (!many || wanted !== "") setAt(null);
    choose(option, moment);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const held = event.ctrlKey || event.metaKey || event.altKey;
    const step = held ? undefined : { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, place + step)));
    else if (event.key === "Enter" && !held && (wanted !== "" || active)) {
      pick(active, event.timeStamp);
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = () => {
    if (wanted === "" && at === null) field.current?.blur();
    setWanted("");
    setAt(null);
  };
  return (
    <div className={classes.side}>
      <div className={classes.find}>
        <Icon name="search" />
        <input
          ref={field}
          className={classes.field}
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls="choice-list"
          aria-activedescendant={active ? idOf(active) : undefined}
          aria-label={t.findLabel}
          placeholder={t.filter(options.length)}
          autoComplete="off"
          spellCheck={false}
          value={wanted}
          onChange={(event) => {
            setWanted(event.currentTarget.value);
            setAt(null);
          }}
          onKeyDown={onKeyDown}
        />
        <KeyHint keys="/" />
      </div>
      <div
        className={classes.list}
        id="choice-list"
        role="listbox"
        aria-label={t.labels}
        aria-multiselectable={many || undefined}
      >
        {groups.map((group) => (
          <Group
            key={group.name}
            name={group.name || (groups.length > 1 ? t.noGroup : "")}
            options={group.options}
            active={active}
            view={props}
            pick={pick}
          />
        ))}
      </div>
      {found.length === 0 && <p className={classes.none}>{t.noMatch}</p>}
    </div>
  );
}

const idOf = (option: Option) => `choice-${option.index}`;

interface GroupProps {
  name: string;
  options: readonly Option[];
  active: Option | undefined;
  view: ChoiceViewProps;
  pick: (option: Option, at: number) => void;
}

function Group({ name, options, active, view, pick }: GroupProps) {
  const heading = useId();
  const lines = options.map((option) => (
    <Line key={option.name} {...{ option, view, pick }} active={option === active} />
  ));
  if (name === "") return lines;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot hold options of a listbox
    <div role="group" aria-labelledby={heading}>
      <div className={classes.groupName} id={heading} role="presentation">
        {name}
      </div>
      {lines}
    </div>
  );
}

interface LineProps {
  option: Option;
  active: boolean;
  view: ChoiceViewProps;
  pick: (option: Option, at: number) => void;
}

function Line({ option, active, view, pick }: LineProps) {
  const suggested = view.suggested.has(option.name);
  const chosen = view.chosen.has(option.name);
  return (
    <button
      id={idOf(option)}
      type="button"
      role="option"
      tabIndex={-1}
      className={classes.line}
      data-choice={option.name}
      data-active={active || undefined}
      data-suggested={suggested || undefined}
      aria-selected={chosen}
      title={option.description || undefined}
      onMouseDown={keepFocus}
      onClick={(event) => pick(option, event.timeStamp)}
    >
      {view.many && (
        <span className={classes.tick} data-on={chosen || undefined} aria-hidden="true">
          {chosen && <Icon name="check" size={12} />}
        </span>
      )}
      {option.color && <Swatch color={option.color} />}
      <span className={classes.lineName}>{option.title}</span>
      {suggested && (
        <span className={classes.suggested}>
          {view.suggestion} {!view.many && <CommandKey id="choice.accept" keys={["A"]} />}
        </span>
      )}
      {option.keys[0] && <KeyHint keys={option.keys[0]} />}
    </button>
  );
}
