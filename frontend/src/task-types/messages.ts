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
  noGroup: "Other",
  toggle: (label: string) => `Choose ${label}, or take it back`,
  submitChosenMany: "Submit the chosen labels",
  submitNone: "Submit: none applies",
  none: "None",
  atLeast: (n: number) =>
    plural(n, { one: "Choose at least # label.", other: "Choose at least # labels." }),
  atMost: (n: number) =>
    plural(n, { one: "At most # label can be chosen.", other: "At most # labels can be chosen." }),
  chosenCount: (n: number) => plural(n, { one: "# chosen", other: "# chosen" }),
  saidOn: (label: string) => `${label} chosen`,
  saidOff: (label: string) => `${label} taken back`,
  takeProposal: "Take the model's proposal",
});
