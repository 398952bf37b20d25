import { defineMessages, formatNumber, plural } from "@/i18n/messages";

export const messages = defineMessages("grid", {
  title: "Grid",
  by: "Grouped by",
  by_model: "Model",
  by_consensus: "Votes so far",
  group: "Looks like",
  groupOption: (label: string, n: number) => `${label} (${formatNumber(n)})`,
  tiles: "Images",
  confirm: (n: number, label: string) =>
    `${plural(n, { one: "Confirm # as", other: "Confirm # as" })} ${label}`,
  leftOut: (n: number) => plural(n, { one: "# left out", other: "# left out" }),
  seenOf: (seen: number, all: string) => `${formatNumber(seen)} of ${all} seen`,
  waiting: (n: number) =>
    plural(n, { one: "# vote is sent in a moment", other: "# votes are sent in a moment" }),
  undo: "Undo",
  kept: (n: number) => plural(n, { one: "# vote kept", other: "# votes kept" }),
  notKept: (n: number) =>
    plural(n, { one: "# item went to others", other: "# items went to others" }),
  toggle: "Leave out, or take in again",
  clear: "Leave none out",
  tile: (name: string, out: boolean) => (out ? `${name}, left out` : name),
  empty: "Nothing to confirm",
  emptyModel:
    "Items come here once a model has said what they show. Until then, answer them one by one.",
  emptyConsensus: "Items come here once somebody has answered them, and more answers are wanted.",
  oneByOne: "Answer one by one",
  done: "You are through this group",
  notChoice: "Only questions with one label per image can be answered in a grid.",
});
