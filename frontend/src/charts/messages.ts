import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("charts", {
  asTable: "As a table",
  asChart: "As a chart",
  votes: "Votes",
  labels: "Labelled items",
  accuracy: "Accuracy",
  interval: "95% interval",
  active: "Chosen by the model",
  random: "Drawn at random",
  measured: "Measured, with its 95% interval",
  honest: "If confidence were exact",
  confidence: "Confidence",
  right: "Right",
  confidenceOf: "Confidence of the label",
  bar: (items: number, confidence: string, right: string) =>
    `${plural(items, { one: "# item", other: "# items" })} at ${confidence}: ${right} right`,
  epoch: "Epoch",
  trainLoss: "Training",
  valLoss: "Validation",
  truth: "Truth",
  predicted: "Predicted",
  cell: (truth: string, predicted: string, count: string) =>
    `${truth} read as ${predicted}: ${count}`,
  recall: "Found",
  total: "Items",
  settledOf: (settled: string, tasks: string) => `${settled} of ${tasks} tasks settled`,
});
