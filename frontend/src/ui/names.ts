// What people call the rows of the server's tables: recipes, strategies, consensus methods.
import { defineMessages } from "@/i18n/messages";

export const names = defineMessages("names", {
  recipe_hog_logreg: "Edge features and logistic regression",
  recipe_fast: "Learned features and logistic regression (seconds)",
  recipe_svm: "Learned features and a support vector machine",
  recipe_small_cnn: "Small convolutional network",
  recipe_cnn: "Convolutional network, starting from learned features",
  recipe_external: "Weights from elsewhere and logistic regression",
  strategy_margin: "Where the two likeliest answers are closest",
  strategy_entropy: "Where the model is least sure over all answers",
  strategy_least_confidence: "Where the likeliest answer is least sure",
  strategy_uniform: "At random",
  strategy_typiclust: "The most typical images first",
  strategy_cluster_margin: "Close calls, spread over different kinds of images",
  strategy_phased: "Typical images first, then close calls of different kinds",
  strategy_badge: "Where an answer would change the model most (BADGE)",
  strategy_k_centre: "Images unlike those that are labelled",
  strategy_bald: "Where several models disagree (BALD)",
  method_auto: "Chosen by the known answers",
  method_dawid_skene: "Votes weighted by skill (Dawid and Skene)",
  method_dawid_skene_full: "Votes weighted by full confusion matrices",
  method_majority: "Majority",
  method_one_coin: "Votes weighted by one skill per labeler",
  method_one_coin_flat: "One skill per labeler, all answers equally likely",
  method_readings: "Readings, by the case",
  method_text_most_frequent: "Most frequent reading",
  method_text_medoid: "Reading nearest to the others (medoid)",
  method_text_character_vote: "Vote on every character",
  method_text_word_vote: "Vote on every word",
  method_multi_label: "Yes or no per label, weighted by skill",
  method_multi_label_one_coin: "Yes or no per label, one skill per labeler",
  method_multi_label_majority: "Yes or no per label, majority",
  method_box_clusters: "Median of matched boxes",
  method_box_mean: "Mean of matched boxes",
  method_polygon_vote: "Mean outline",
  method_polygon_pixels: "Vote on every pixel",
  method_keypoint_median: "Weighted mean without outliers",
  method_keypoint_geometric: "Geometric median",
  method_adjudication: "A reviewer's decision",
  method_gold: "Known answer",
});

export type Kind = "recipe" | "strategy" | "method";

/** The title of a row; a row without one is called by its name. */
export function nameOf(texts: typeof names.english, kind: Kind, name: string): string {
  return (texts as Record<string, string>)[`${kind}_${name}`] ?? name;
}
