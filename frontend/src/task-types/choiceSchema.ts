// Labels of a choice, as the keys and the buttons need them.
import type { JsonObject, Label } from "@/api/types";

export interface Option {
  name: string;
  title: string;
  description: string;
  /** Place in the schema, retired labels counted: it stays when others retire. */
  index: number;
  color: string | undefined;
  /** Heading that it stands under; empty for none. */
  group: string;
  keys: string[];
  retired: boolean;
}

/** Labels up to here have a button in a row under the image; more become a list with a filter. */
export const ROW_LIMIT = 20;

export function allLabels(schema: JsonObject): Label[] {
  return Array.isArray(schema.labels) ? (schema.labels as unknown as Label[]) : [];
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
const PLACES = [...DIGITS, ...DIGITS.map((digit) => `Shift+${digit}`)];

/**
 * The key of each label, null for none: its own, or the digit that it is itself (nobody should
 * press 1 to say "0"), or the one of its place: 1…9 and 0 for the first ten, with Shift for the
 * next ten. A place whose key is another label's own gets the first one that is left.
 */
export function keysOf(labels: readonly Label[]): (string | null)[] {
  const own = labels.map(ownKey);
  const inUse = labels.map((_, at) => at).filter((at) => !labels[at]?.retired);
  const place = (at: number) => PLACES[inUse.indexOf(at)];
  const taken = new Set(own);
  const placed = own.map((key, at) => {
    const wanted = place(at);
    return key ?? (wanted && inUse.includes(at) && !taken.has(wanted) ? wanted : null);
  });
  const left = PLACES.filter((key) => !taken.has(key) && !placed.includes(key));
  return placed.map((key, at) => key ?? (place(at) ? (left.shift() ?? null) : null));
}

function ownKey({ name, hotkey, retired }: Label): string | null {
  if (retired) return null;
  return hotkey || (/^[0-9]$/.test(name) ? name : null);
}

export function optionsOf(schema: JsonObject): Option[] {
  const labels = allLabels(schema);
  const keys = keysOf(labels);
  return labels
    .map((label, index) => ({
      name: label.name,
      title: label.title || label.name,
      description: label.description ?? "",
      index,
      color: label.color,
      group: label.group ?? "",
      keys: [keys[index]].filter((key) => key != null),
      retired: label.retired ?? false,
    }))
    .filter((option) => !option.retired);
}

/** Titles of what is chosen, and was taken out of use since. */
export function outOfUse(schema: JsonObject, chosen: Iterable<string>): string[] {
  const labels = allLabels(schema);
  return [...chosen].flatMap((name) => {
    const label = labels.find((one) => one.name === name);
    return label && !label.retired ? [] : [label?.title || name];
  });
}

/** Lower case without accents, so that "e" finds "é". */
export function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** Options whose title or name holds the words; those that begin with them come first. */
export function matching(options: readonly Option[], wanted: string): Option[] {
  const words = folded(wanted.trim());
  if (words === "") return [...options];
  const rank = ({ title, name }: Option) => {
    const texts = [folded(title), folded(name)];
    if (texts.includes(words)) return 0;
    if (texts.some((text) => text.startsWith(words))) return 1;
    return texts.some((text) => text.includes(words)) ? 2 : 3;
  };
  return options
    .map((option) => ({ option, rank: rank(option) }))
    .filter((one) => one.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map(({ option }) => option);
}

export interface OptionGroup {
  name: string;
  options: Option[];
}

/** Options under their headings, in the order in which the headings first appear. */
export function grouped(options: readonly Option[]): OptionGroup[] {
  const groups = new Map<string, Option[]>();
  for (const option of options) {
    groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  }
  return [...groups].map(([name, list]) => ({ name, options: list }));
}
