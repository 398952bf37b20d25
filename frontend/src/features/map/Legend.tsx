// What the colours mean: each name can be hidden, shown, and chosen as a whole.
import { Button } from "@mantine/core";
import { formatNumber, useMessages } from "@/i18n/messages";
import { colourOf, markOf, NONE, OTHER } from "./inks";
import classes from "./MapScreen.module.css";
import { messages } from "./messages";

export interface Entry {
  code: number;
  name: string;
  count: number;
}

/** The names with their codes, then what has another name or none, where there is such. */
export function entriesOf(
  names: readonly string[],
  counts: readonly number[],
  codes: Uint8Array,
  words: { other: string; none: string },
): Entry[] {
  let others = 0;
  let without = 0;
  for (const code of codes) {
    if (code === OTHER) others += 1;
    else if (code === NONE) without += 1;
  }
  const known = names.map((name, code) => ({ code, name, count: counts[code] ?? 0 }));
  const rest = [
    { code: OTHER, name: words.other, count: others },
    { code: NONE, name: words.none, count: without },
  ];
  return [...known, ...rest.filter(({ count }) => count > 0)];
}

interface LegendProps {
  entries: readonly Entry[];
  hidden: ReadonlySet<number>;
  onToggle: (code: number) => void;
  onChoose: (code: number) => void;
}

export function Legend({ entries, hidden, onToggle, onChoose }: LegendProps) {
  const t = useMessages(messages);
  return (
    <ul className={classes.legend} aria-label={t.legend}>
      {entries.map(({ code, name, count }) => (
        <li key={code} className={classes.entry}>
          <label>
            <input
              type="checkbox"
              checked={!hidden.has(code)}
              aria-label={t.show(name)}
              onChange={() => onToggle(code)}
            />
            <span aria-hidden="true" style={{ color: colourOf(code) }}>
              {markOf(code)}
            </span>
            <span className={classes.name}>{name}</span>
          </label>
          <span className={classes.count}>{formatNumber(count)}</span>
          <Button
            variant="default"
            size="compact-xs"
            aria-label={t.chooseAll(name)}
            onClick={() => onChoose(code)}
          >
            {t.choose}
          </Button>
        </li>
      ))}
    </ul>
  );
}
