// Filters of the table as they lie in the address, and as the server takes them.

export const CONFIDENCES = {
  low: { max_confidence: 0.6 },
  middle: { min_confidence: 0.6, max_confidence: 0.9 },
  high: { min_confidence: 0.9 },
} as const;

export type Confidence = keyof typeof CONFIDENCES;

const PLAIN = ["status", "label", "arm", "ordering"] as const;

export function filtersOf(search: URLSearchParams): Record<string, string | number | boolean> {
  const filters: Record<string, string | number | boolean> = {};
  for (const name of PLAIN) {
    const value = search.get(name);
    if (value) filters[name] = value;
  }
  const confidence = search.get("confidence");
  if (confidence !== null && Object.hasOwn(CONFIDENCES, confidence)) {
    Object.assign(filters, CONFIDENCES[confidence as Confidence]);
  }
  if (search.get("flagged") === "1") filters.flagged = true;
  return filters;
}
