import { defineMessages } from "@/i18n/messages";

export const messages = defineMessages("charts", {
  asTable: "As a table",
  asChart: "As a chart",
  chartOf: (title: string) => `Chart: ${title}`,
  votes: "Votes",
  labels: "Labelled items",
  accuracy: "Accuracy",
  interval: "95% interval",
  active: "Chosen by the model",
  random: "Drawn at random",
  epoch: "Epoch",
  loss: "Loss",
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
