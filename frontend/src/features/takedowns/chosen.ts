// Which items: by their group, by number, or those that the items page showed.

export interface Chosen {
  items?: number[];
  group?: string;
  project?: number;
  filters?: Record<string, string>;
  everywhere?: boolean;
}

/** What one types to choose by. */
export type Typed = "group" | "items";

/** What an address asks for: `?group=`, `?items=1,2` or `?project=3&status=open`. */
export function askedIn(search: URLSearchParams): {
  by: Typed | "filters";
  text: string;
  chosen: Chosen | null;
} {
  const { project, ...filters } = Object.fromEntries(search);
  if (project !== undefined) {
    return { by: "filters", text: "", chosen: { project: Number(project), filters } };
  }
  const { group, items } = filters;
  if (items !== undefined) return { by: "items", text: items, chosen: null };
  return { by: "group", text: group ?? "", chosen: null };
}

/** What was typed, as the server wants it; null while that is nothing. */
export function chosenBy(by: Typed, text: string): Chosen | null {
  if (by === "group") return text === "" ? null : { group: text };
  const numbers = partsOf(text);
  if (numbers.length === 0 || noNumber(text) !== undefined) return null;
  return { items: numbers.map(Number) };
}

/** The first part of what was typed that is no item's number. */
export function noNumber(text: string): string | undefined {
  return partsOf(text).find((part) => !/^[1-9]\d{0,14}$/.test(part));
}

function partsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== "");
}
