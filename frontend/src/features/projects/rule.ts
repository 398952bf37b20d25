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
  recipe: string;
  strategy: string;
  auto_train: boolean;
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
  recipe: "fast",
  strategy: "phased",
  auto_train: true,
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
    recipe: project.recipe,
    strategy: project.strategy,
    auto_train: project.auto_train,
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
    recipe: values.recipe,
    strategy: values.strategy,
    auto_train: values.auto_train,
  };
}

export type RuleProblem = "number" | "order" | "percent";

const isWhole = (text: string, from: number, to: number) =>
  /^\d+$/.test(text) && Number(text) >= from && Number(text) <= to;

const isPercent = (text: string, from: number) =>
  text.trim() !== "" && Number(text) >= from && Number(text) <= 100;

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
  if (!isPercent(values.random_share, 0)) found.random_share = "percent";
  return found;
}
