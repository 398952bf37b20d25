// Which items are to go.
import { Button, Checkbox, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { useUser } from "@/api/session";
import { useMessages } from "@/i18n/messages";
import { Segmented } from "@/ui/Segmented";
import { askedIn, type Chosen, chosenBy, noNumber, type Typed } from "./chosen";
import { messages } from "./messages";
import classes from "./Takedowns.module.css";

interface ChooseProps {
  looking: boolean;
  refusal: string | undefined;
  onLook: (chosen: Chosen) => void;
  onChange: () => void;
}

export function Choose({ looking, refusal, onLook, onChange }: ChooseProps) {
  const t = useMessages(messages);
  const user = useUser();
  const [search, setSearch] = useSearchParams();
  const asked = askedIn(search);
  const [by, setBy] = useState<Typed>(asked.by === "items" ? "items" : "group");
  const [text, setText] = useState(asked.text);
  const [everywhere, setEverywhere] = useState(false);
  const chosen = asked.chosen ?? chosenBy(by, text);
  const wrong = by === "items" ? noNumber(text) : undefined;
  const change = (act: () => void) => {
    act();
    onChange();
  };
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen) onLook({ ...chosen, everywhere });
      }}
    >
      {asked.chosen ? (
        <>
          <Filters filters={asked.chosen.filters ?? {}} />
          <Button variant="default" onClick={() => change(() => setSearch({}))}>
            {t.other}
          </Button>
        </>
      ) : (
        <>
          <Segmented
            label={t.by}
            value={by}
            onChange={(next: Typed) => change(() => setBy(next))}
            options={(["group", "items"] as const).map((value) => ({
              value,
              label: t[`by_${value}`],
            }))}
          />
          <TextInput
            label={by === "group" ? t.group : t.numbers}
            description={by === "group" ? t.groupHint : t.numbersHint}
            error={wrong === undefined ? undefined : t.noNumber(wrong)}
            value={text}
            onChange={(event) => {
              const typed = event.currentTarget.value;
              change(() => setText(typed));
            }}
          />
        </>
      )}
      {user.is_admin && (
        <Checkbox
          label={t.everywhere}
          checked={everywhere}
          onChange={(event) => {
            const wanted = event.currentTarget.checked;
            change(() => setEverywhere(wanted));
          }}
        />
      )}
      <Button type="submit" loading={looking} disabled={chosen === null}>
        {t.look}
      </Button>
      {refusal && <p role="alert">{refusal}</p>}
    </form>
  );
}

function Filters({ filters }: { filters: Record<string, string> }) {
  const t = useMessages(messages);
  const named = Object.entries(filters);
  if (named.length === 0) return <p className={classes.quiet}>{t.allOf}</p>;
  return (
    <div>
      <p className={classes.quiet}>{t.byFilters}</p>
      <strong>{named.map(([name, value]) => `${name}: ${value}`).join(", ")}</strong>
    </div>
  );
}
