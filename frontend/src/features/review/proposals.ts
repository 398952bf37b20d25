// Whole answers to choose between, where they do not fall into classes: the merged one and each
// that somebody gave.
import type { JsonObject, TaskWithVotes, Vote } from "@/api/types";
import { equalJson } from "@/lib/equal";
import type { AnswerText } from "@/task-types/base";

/** How a reviewer decides: by a vote, by what all votes merge to, or by an answer of one's own. */
export type Decision = { accept: number } | { merge: true } | { answer: JsonObject };

export interface Proposal extends AnswerText {
  key: string;
  answer: JsonObject;
  merged: boolean;
  /** Of the merged one: how sure the consensus is. */
  confidence: number | null;
  votes: Vote[];
  decision: Decision;
  /** Place among the answers that people gave, for the colour; -1 for the merged one. */
  place: number;
}

/** The merged answer first, then what people gave: the more of them, the earlier. */
export function proposalsOn(
  task: TaskWithVotes,
  describe: (answer: JsonObject) => AnswerText,
): Proposal[] {
  const given = grouped(task.votes_cast);
  const merged = mergedOn(task, describe);
  const same = given.find((votes) => merged && equalJson(votes[0]?.answer, merged.answer));
  if (merged && same) merged.votes = same;
  const others = given
    .filter((votes) => votes !== same)
    .sort((a, b) => b.length - a.length || (a[0]?.id ?? 0) - (b[0]?.id ?? 0))
    .flatMap((votes, place): Proposal[] => {
      const [first] = votes;
      if (!first) return [];
      const { answer, id } = first;
      const decision = { accept: id };
      const rest = { merged: false, confidence: null, votes, decision, place };
      return [{ ...describe(answer), key: `vote ${id}`, answer, ...rest }];
    });
  return merged ? [merged, ...others] : others;
}

function grouped(votes: readonly Vote[]): Vote[][] {
  const groups: Vote[][] = [];
  for (const vote of votes) {
    const group = groups.find(([first]) => equalJson(first?.answer, vote.answer));
    if (group) group.push(vote);
    else groups.push([vote]);
  }
  return groups;
}

/** Nothing where the task's answer is a decision: the votes are to be judged on their own then. */
function mergedOn(
  { consensus }: TaskWithVotes,
  describe: (answer: JsonObject) => AnswerText,
): Proposal | null {
  if (!consensus?.answer || consensus.adjudicated) return null;
  const { answer, confidence } = consensus;
  const rest = { merged: true, votes: [], decision: { merge: true } as const, place: -1 };
  return { ...describe(answer), key: "merged", answer, confidence, ...rest };
}

/** What one's own answer starts from: the decision or the merge, else the commonest vote. */
export function startOf(task: TaskWithVotes, proposals: readonly Proposal[]): JsonObject | null {
  return task.consensus?.answer ?? proposals[0]?.answer ?? null;
}
