// Filters of the table as they lie in the address, kept in it and in a saved view.
import { askedFor, TASK_FILTERS } from "@/api/taskFilters";

export type Query = Record<string, string>;

type Range = readonly [from: string, to: string];
/** What the selects for figures offer; an empty end is open. */
export const RANGES = {
  confidence: { low: ["", "0.6"], middle: ["0.6", "0.9"], high: ["0.9", ""] },
  agreement: { split: ["", "0.67"], most: ["0.67", "0.99"], all: ["1", ""] },
  uncertainty: { high: ["0.5", ""], middle: ["0.1", "0.5"], low: ["", "0.1"] },
} as const satisfies Record<string, Record<string, Range>>;
export type RangeName = keyof typeof RANGES;

/** The filters that an address asks for, without the order. */
export const filtersOf = (search: URLSearchParams): Query =>
  askedFor(TASK_FILTERS, (name) => search.get(name)) as Query;

/** Filters and order: what a view is. */
export function queryOf(search: URLSearchParams): Query {
  const ordering = search.get("ordering");
  return { ...filtersOf(search), ...(ordering && { ordering }) };
}

/** Which of the offered ranges an address asks for: "" for none, "other" for one of its own. */
export function rangeOf(search: URLSearchParams, name: RangeName): string {
  const from = search.get(`min_${name}`) ?? "";
  const to = search.get(`max_${name}`) ?? "";
  if (from === "" && to === "") return "";
  const known = Object.entries(RANGES[name]).find(
    ([, range]) => range[0] === from && range[1] === to,
  );
  return known?.[0] ?? "other";
}

/** The two ends of an offered range, as parameters. */
export function endsOf(name: RangeName, key: string): Query {
  const ranges: Record<string, Range> = RANGES[name];
  const [from, to] = (Object.hasOwn(ranges, key) && ranges[key]) || ["", ""];
  return { [`min_${name}`]: from, [`max_${name}`]: to };
}

export const sameQuery = (one: Query, other: Query) =>
  Object.keys(one).length === Object.keys(other).length &&
  Object.entries(one).every(([name, value]) => other[name] === value);

/** "old, torn ,, old" as tags: each once, without the blanks around. */
export function tagsIn(text: string): string[] {
  const names = text.split(",").map((name) => name.trim());
  return [...new Set(names.filter((name) => name !== ""))];
}
