// Which items: a view that is saved on the items page, and the filters that came from there.
import { Button, NativeSelect } from "@mantine/core";
import { useMessages } from "@/i18n/messages";
import { Tag } from "@/ui/Tag";
import classes from "./ExportScreen.module.css";
import { messages } from "./messages";
import { chosenBy, MORE_FILTERS, type Order, PLAIN_ORDER } from "./order";
import { useViews } from "./requests";

interface ChosenProps {
  project: number;
  order: Order;
  onChange: (order: Order) => void;
}

export function Chosen({ project, order, onChange }: ChosenProps) {
  const t = useMessages(messages);
  const views = useViews(project).data ?? [];
  const filters = MORE_FILTERS.filter((name) => order.where[name] !== undefined);
  return (
    <>
      {views.length > 0 && (
        <NativeSelect
          label={t.view}
          value=""
          onChange={(event) => {
            const view = views.find(({ id }) => String(id) === event.currentTarget.value);
            if (view) onChange(chosenBy(order, view.query));
          }}
          data={[
            { value: "", label: t.viewPick },
            ...views.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
      )}
      {filters.length > 0 && (
        <fieldset className={classes.chosen}>
          <legend>{t.only}</legend>
          <ul>
            {filters.map((name) => (
              <li key={name}>
                <Tag>{wordsOf(name, order.where[name] ?? "", t)}</Tag>
              </li>
            ))}
          </ul>
          <Button
            variant="subtle"
            size="compact-sm"
            onClick={() => onChange({ ...order, where: PLAIN_ORDER.where })}
          >
            {t.onlyClear}
          </Button>
        </fieldset>
      )}
    </>
  );
}

function wordsOf(
  name: (typeof MORE_FILTERS)[number],
  value: string,
  t: typeof messages.english,
): string {
  const [end, figure] = name.split("_");
  if (figure) {
    const sign = end === "min" ? "≥" : "≤";
    return `${t[`filter_${figure as "votes"}`]} ${sign} ${value}`;
  }
  if (name === "flagged") return value === "true" ? t.filter_flagged : t.filter_notFlagged;
  return `${t[`filter_${name as "split"}`]}: ${value || t.filter_none}`;
}
