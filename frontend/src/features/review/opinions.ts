// The answers on one task side by side: who gave which, and what consensus and model make of it.
import type { ChoiceDocument, JsonObject, TaskWithVotes, Vote } from "@/api/types";
import { optionsOf } from "@/task-types/choiceSchema";

export interface Opinion {
  name: string;
  title: string;
  /** Place in the schema, for the colour. */
  index: number;
  color: string | undefined;
  key: string | undefined;
  votes: Vote[];
  /** Share that the consensus gives it. */
  probability: number;
  /** The model's probability where this is what it predicts. */
  model: number | null;
}

export function choiceOf(vote: Pick<Vote, "answer">): string {
  return String(vote.answer.choice ?? "");
}

/** One opinion per label in use, those with evidence first, the likeliest of them at the top. */
export function opinionsOn(task: TaskWithVotes, document: ChoiceDocument): Opinion[] {
  const shares = task.consensus?.distribution ?? {};
  const opinions = optionsOf({ labels: document.labels as never }).map(
    (option): Opinion => ({
      name: option.name,
      title: option.title,
      index: option.index,
      color: option.color,
      key: option.keys[0],
      votes: task.votes_cast.filter((vote) => choiceOf(vote) === option.name),
      probability: Number(shares[option.name] ?? 0),
      model: task.score?.predicted === option.name ? task.score.probability : null,
    }),
  );
  return opinions.sort((a, b) => weightOf(b) - weightOf(a) || a.index - b.index);
}

/** Consensus first, then the number of votes, then whether the model says so. */
function weightOf({ probability, votes, model }: Opinion): number {
  return probability * 1000 + votes.length + (model ?? 0) / 2;
}

export function hasEvidence({ probability, votes, model }: Opinion): boolean {
  return votes.length > 0 || model !== null || probability >= 0.01;
}

/** How likely each label is: of one label to choose by the votes, of several each for itself. */
export function sharesOf({ consensus }: Pick<TaskWithVotes, "consensus">): [string, number][] {
  const each = consensus?.detail?.probability as JsonObject | undefined;
  return Object.entries(each ?? consensus?.distribution ?? {})
    .map(([name, share]): [string, number] => [name, Number(share)])
    .sort(([, a], [, b]) => b - a);
}

/** What Enter accepts: the answer that the consensus holds likeliest, if anything speaks for it. */
export function leadingOf(opinions: readonly Opinion[]): Opinion | undefined {
  const [first] = opinions;
  return first && hasEvidence(first) ? first : undefined;
}
