// The overlap rule under the sliders: what they may be set to, and how they push one another.
import type { Project } from "@/api/types";
import type { Rule } from "./requests";

export const MOST = 15;

export function ruleOf(project: Pick<Project, "confidence" | "min_votes" | "max_votes">): Rule {
  const { confidence, min_votes, max_votes } = project;
  return { confidence, min_votes, max_votes };
}

/** The least number never passes the most: the one that is moved pushes the other along. */
export function moved(rule: Rule, change: Partial<Rule>): Rule {
  const next = { ...rule, ...change };
  if (next.min_votes <= next.max_votes) return next;
  return change.min_votes === undefined
    ? { ...next, min_votes: next.max_votes }
    : { ...next, max_votes: next.min_votes };
}

export function sameRule(a: Rule, b: Rule): boolean {
  return (
    Math.abs(a.confidence - b.confidence) < 1e-9 &&
    a.min_votes === b.min_votes &&
    a.max_votes === b.max_votes
  );
}

/** The far end of the vote sliders: a project with more than usual keeps its room. */
export function topOf(rule: Rule): number {
  return Math.min(50, Math.max(MOST, rule.max_votes));
}
