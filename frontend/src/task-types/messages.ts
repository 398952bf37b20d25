import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("task-types", {
  labels: "Labels",
  choose: (label: string) => `Choose ${label}`,
  chooseMany: "Choose a label",
  submitChosen: "Submit the chosen label",
  findLabel: "Find a label",
  filter: (n: number) => `Type to find one of ${plural(n, { other: "#" })} labels`,
  noMatch: "No label is called that.",
  matches: (n: number) => plural(n, { one: "# label", other: "# labels" }),
  suggested: (percent: string) => `model ${percent}`,
  suggestedPlain: "model",
  submit: "Submit",
  chosenHint: "Choose a label, then submit.",
});
