// Many labels: a list that narrows while one types.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import classes from "./choice.module.css";
import { type ChoiceViewProps, keepFocus, Swatch } from "./choiceParts";
import { matching } from "./choiceSchema";
import { messages } from "./messages";

export function ChoiceList({ options, chosen, suggested, suggestion, choose }: ChoiceViewProps) {
  const t = useMessages(messages);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const [wanted, setWanted] = useState("");
  const [at, setAt] = useState(0);
  const found = matching(options, wanted);
  const place = Math.min(at, found.length - 1);
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
    list.current?.children[place]?.scrollIntoView?.({ block: "nearest" });
  }, [place]);
  const pick = (place: number, moment: number) => {
    const option = found[place];
    if (!option) return;
    setWanted("");
    setAt(0);
    choose(option, moment);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setAt(Math.max(0, Math.min(found.length - 1, place + step)));
    else if (event.key === "Enter" && wanted !== "") pick(place, event.timeStamp);
    else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const leave = () => {
    if (wanted === "") field.current?.blur();
    setWanted("");
    setAt(0);
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
          aria-activedescendant={found[place] ? `choice-${found[place].index}` : undefined}
          aria-label={t.findLabel}
          placeholder={t.filter(options.length)}
          autoComplete="off"
          spellCheck={false}
          value={wanted}
          onChange={(event) => {
            setWanted(event.currentTarget.value);
            setAt(0);
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
        ref={list}
      >
        {found.map((option, index) => (
          <button
            key={option.name}
            id={`choice-${option.index}`}
            type="button"
            role="option"
            tabIndex={-1}
            className={classes.line}
            data-choice={option.name}
            data-active={(wanted !== "" && index === place) || undefined}
            data-suggested={option.name === suggested || undefined}
            aria-selected={option.name === chosen}
            title={option.description || undefined}
            onMouseDown={keepFocus}
            onClick={(event) => pick(index, event.timeStamp)}
          >
            {option.color && <Swatch color={option.color} />}
            <span className={classes.lineName}>{option.title}</span>
            {option.name === suggested && <span className={classes.suggested}>{suggestion}</span>}
            {option.keys[0] && <KeyHint keys={option.keys[0]} />}
          </button>
        ))}
        {found.length === 0 && <p className={classes.none}>{t.noMatch}</p>}
      </div>
    </div>
  );
}
