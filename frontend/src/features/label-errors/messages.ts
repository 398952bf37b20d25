import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("labelErrors", {
  title: "Label errors",
  description: "Settled labels that model, neighbours or voters doubt, the worst first.",
  onlyLeads: "Only managers and reviewers see doubtful labels.",
  notYet: "The labels have not been judged yet",
  notYetText:
    "A model that never saw a label, and the pictures most like its own, say whether it fits. It takes a worker a minute.",
  search: "Look for wrong labels",
  again: "Look again",
  asOf: (when: string, judged: number) =>
    `As of ${when}, ${plural(judged, { one: "# label", other: "# labels" })} judged`,
  none: "No label stands out",
  noneText: "Every label that was judged fits its picture, or a person has looked at it.",
  runs: "Several in a row: is a file shifted?",
  run: (first: string, last: string, wrong: number, items: number) =>
    `${first} to ${last}: ${wrong} of ${plural(items, { one: "# label", other: "# labels" })} look wrong`,
  slip: (places: number) =>
    `the labels seem to have slipped by ${plural(Math.abs(places), { one: "# place", other: "# places" })}`,
  runHint: "Look at the list that was imported before mending them one by one.",
  label: "Label",
  suggested: "Looks like",
  doubt: "Doubt",
  why: "Why",
  part_model: "Model",
  part_neighbours: "Neighbours",
  part_voters: "Voters",
  part_fit: "Fit",
  decided: "Decided by a reviewer",
  review: "To review",
  right: "It is right",
  sent: "Sent to review",
  imageOf: (name: string) => `Open ${name}`,
});
