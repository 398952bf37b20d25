// The overlap rule in the form: percents as people write them, and what it will cost.
import type { NewProject, Project } from "@/api/types";

export interface ProjectValues {
  dataset: string;
  name: string;
  question: string;
  guidelines: string;
  splits: string[];
  min_votes: string;
  max_votes: string;
  /** Percent. */
  confidence: string;
  /** Percent. */
  random_share: string;
  consensus_method: string;
  foreign_items: Project["foreign_items"];
  /** CPU seconds; empty for no limit. */
  train_quota: string;
  train_quota_period: Project["train_quota_period"];
  recipe: string;
  weights: string;
  strategy: string;
  auto_train: boolean;
  model_in_consensus: boolean;
  labelers_see_figures: boolean;
  reviewers_see_names: boolean;
  /** Percent. */
  repeat_share: string;
  repeat_answers: string;
  repeat_days: string;
}

export const DEFAULTS: ProjectValues = {
  dataset: "",
  name: "",
  question: "",
  guidelines: "",
  splits: [],
  min_votes: "2",
  max_votes: "5",
  confidence: "95",
  random_share: "10",
  consensus_method: "auto",
  foreign_items: "last",
  train_quota: "",
  train_quota_period: "day",
  recipe: "fast",
  weights: "",
  strategy: "phased",
  auto_train: true,
  model_in_consensus: true,
  labelers_see_figures: false,
  reviewers_see_names: false,
  repeat_share: "2",
  repeat_answers: "100",
  repeat_days: "0",
};

const percentText = (share: number) => String(Math.round(share * 1000) / 10);

export function valuesOf(project: Project): ProjectValues {
  return {
    dataset: String(project.dataset.id),
    name: project.name,
    question: project.question,
    guidelines: project.guidelines,
    splits: project.splits,
    min_votes: String(project.min_votes),
    max_votes: String(project.max_votes),
    confidence: percentText(project.confidence),
    random_share: percentText(project.random_share),
    consensus_method: project.consensus_method,
    foreign_items: project.foreign_items,
    train_quota: project.train_quota === null ? "" : String(project.train_quota),
    train_quota_period: project.train_quota_period,
    recipe: project.recipe,
    weights: project.weights,
    strategy: project.strategy,
    auto_train: project.auto_train,
    model_in_consensus: project.model_in_consensus,
    labelers_see_figures: project.labelers_see_figures,
    reviewers_see_names: project.reviewers_see_names,
    repeat_share: percentText(project.repeat_share ?? 0),
    repeat_answers: String(project.repeat_answers ?? 100),
    repeat_days: String(project.repeat_days ?? 0),
  };
}

/** What the server takes; the schema is added by the caller. */
export function settingsOf(values: ProjectValues): Omit<NewProject, "schema" | "task_type"> {
  return {
    dataset: Number(values.dataset),
    name: values.name.trim(),
    question: values.question.trim(),
    guidelines: values.guidelines,
    splits: values.splits,
    min_votes: Number(values.min_votes),
    max_votes: Number(values.max_votes),
    confidence: Number(values.confidence) / 100,
    random_share: Number(values.random_share) / 100,
    consensus_method: values.consensus_method as Project["consensus_method"],
    foreign_items: values.foreign_items,
    train_quota: values.train_quota.trim() === "" ? null : Number(values.train_quota),
    train_quota_period: values.train_quota_period,
    recipe: values.recipe,
    weights: values.weights,
    strategy: values.strategy,
    auto_train: values.auto_train,
    model_in_consensus: values.model_in_consensus,
    labelers_see_figures: values.labelers_see_figures,
    reviewers_see_names: values.reviewers_see_names,
    repeat_share: Number(values.repeat_share) / 100,
    repeat_answers: Number(values.repeat_answers),
    repeat_days: Number(values.repeat_days),
  };
}

export type RuleProblem = "number" | "order" | "percent" | "half" | "gap" | "seconds";

const isWhole = (text: string, from: number, to: number) =>
  /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to;

const isPercent = (text: string, from: number, to = 100) =>
  text.trim() !== "" && Number(text) >= from && Number(text) <= to;

/** What is wrong with the figures, by field. */
export function ruleProblems(
  values: ProjectValues,
): Partial<Record<keyof ProjectValues, RuleProblem>> {
  const found: Partial<Record<keyof ProjectValues, RuleProblem>> = {};
  if (!isWhole(values.min_votes, 1, 50)) found.min_votes = "number";
  if (!isWhole(values.max_votes, 1, 50)) found.max_votes = "number";
  else if (!found.min_votes && Number(values.max_votes) < Number(values.min_votes)) {
    found.max_votes = "order";
  }
  if (!isPercent(values.confidence, 50)) found.confidence = "percent";
  if (values.train_quota.trim() !== "" && !isWhole(values.train_quota.trim(), 0, 100_000_000)) {
    found.train_quota = "seconds";
  }
  if (!isPercent(values.random_share, 0)) found.random_share = "percent";
  return found;
}

/** What is wrong with asking again, by field. */
export function repeatProblems(
  values: ProjectValues,
): Partial<Record<keyof ProjectValues, RuleProblem>> {
  const found: Partial<Record<keyof ProjectValues, RuleProblem>> = {};
  if (!isPercent(values.repeat_share, 0, 50)) found.repeat_share = "half";
  if (!isWhole(values.repeat_answers, 1, 100_000)) found.repeat_answers = "gap";
  if (!isWhole(values.repeat_days, 0, 365)) found.repeat_days = "gap";
  return found;
}
