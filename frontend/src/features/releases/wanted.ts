// What a new release is asked for.
import type { NewRelease } from "@/api/types";

export const SPLITS = ["train", "validation", "test"] as const;

export interface Wanted {
  name: string;
  note: string;
  split_by: "group" | "item" | "given" | "none";
  /** In percent; empty leaves a split out. */
  shares: Record<(typeof SPLITS)[number], string>;
  min_confidence: string;
  with_votes: boolean;
}

export const PLAIN: Wanted = {
  name: "",
  note: "",
  split_by: "group",
  shares: { train: "80", validation: "10", test: "10" },
  min_confidence: "",
  with_votes: true,
};

export const drawsShares = ({ split_by }: Wanted) => split_by === "group" || split_by === "item";

export function sharesFit(wanted: Wanted): boolean {
  if (!drawsShares(wanted)) return true;
  const given = Object.values(wanted.shares).map(Number);
  const sum = given.reduce((all, one) => all + one, 0);
  return given.every((share) => share >= 0 && share <= 100) && Math.abs(sum - 100) < 1e-6;
}

export function requestOf(wanted: Wanted): NewRelease {
  const shares = Object.entries(wanted.shares)
    .map(([name, share]) => [name, Number(share) / 100] as const)
    .filter(([, share]) => share > 0);
  return {
    name: wanted.name.trim(),
    note: wanted.note.trim(),
    split_by: wanted.split_by,
    with_votes: wanted.with_votes,
    ...(drawsShares(wanted) && { shares: Object.fromEntries(shares) }),
    ...(wanted.min_confidence && { filters: { min_confidence: Number(wanted.min_confidence) } }),
  };
}
