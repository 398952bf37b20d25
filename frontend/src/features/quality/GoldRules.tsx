// How often labelers are tested, and when one is paused for it.
import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notify } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { useChangeSettings } from "./requests";

const percentText = (share: number | null) => String(Math.round((share ?? 0) * 1000) / 10);
const shareOf = (text: string) => Number(text.replace(",", ".")) / 100;

export function GoldRules({ project }: { project: Project }) {
  const t = useMessages(messages);
  const change = useChangeSettings(project.id);
  const [values, setValues] = useState({
    gold_often: percentText(project.gold_often),
    gold_seldom: percentText(project.gold_seldom),
    gold_floor: percentText(project.gold_floor),
    gold_least: String(project.gold_least ?? 10),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(
      {
        gold_often: shareOf(values.gold_often),
        gold_seldom: shareOf(values.gold_seldom),
        gold_floor: shareOf(values.gold_floor),
        gold_least: Number(values.gold_least),
      },
      { onSuccess: () => notify(t.saved) },
    );
  };
  const field = (name: keyof typeof values, label: string, hint: string) => (
    <TextInput
      label={label}
      description={hint}
      inputMode="decimal"
      value={values[name]}
      error={change.error?.fields[name]?.join(" ")}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setValues((last) => ({ ...last, [name]: value }));
      }}
    />
  );
  return (
    <Section title={t.rules}>
      <form onSubmit={submit}>
        <div className={classes.form}>
          {field("gold_often", t.often, t.oftenHint)}
          {field("gold_seldom", t.seldom, t.seldomHint)}
          {field("gold_floor", t.floor, t.floorHint)}
          {field("gold_least", t.leastGold, t.leastGoldHint)}
        </div>
        {change.error && Object.keys(change.error.fields).length === 0 && (
          <p className={classes.refusal} role="alert">
            {change.error.detail}
          </p>
        )}
        <div className={classes.buttons}>
          <Button type="submit" loading={change.isPending}>
            {t.save}
          </Button>
        </div>
      </form>
    </Section>
  );
}
