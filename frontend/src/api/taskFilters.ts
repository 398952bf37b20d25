// The filters of a project's tasks: the very names that the server takes, in an address's order.

export const TASK_FILTERS = [
  "status",
  "label",
  "predicted",
  "min_confidence",
  "max_confidence",
  "min_agreement",
  "max_agreement",
  "min_uncertainty",
  "max_uncertainty",
  "min_votes",
  "max_votes",
  "labeler",
  "arm",
  "flagged",
  "split",
  "group",
  "tag",
  "metadata",
  "text",
  "file",
] as const;
export type TaskFilter = (typeof TASK_FILTERS)[number];

/** An empty value of these stands for items that have none; of the others, for no filter. */
const EMPTY_COUNTS: ReadonlySet<TaskFilter> = new Set<TaskFilter>(["split", "group"]);

/** Those of the named filters that are asked for. */
export function askedFor<Name extends TaskFilter>(
  names: readonly Name[],
  read: (name: Name) => string | null | undefined,
): Partial<Record<Name, string>> {
  const filters: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = read(name);
    if (value || (value === "" && EMPTY_COUNTS.has(name))) filters[name] = value;
  }
  return filters;
}
