import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("anchoring", {
  description: "What proposals do to the answers of people who see them.",
  none: "No answer was given to an item with a proposal yet",
  noneOff: "Labelers are shown no proposals. The settings say what that would bring and cost.",
  noneOn: "Figures come as soon as such items are answered.",
  settings: "Open the settings",
  text: "A draw hides some proposals. The items and people are alike, so what differs between answers with a proposal in view and answers without was done by the proposal.",
  latest: (n: number) => plural(n, { other: "Of the latest # answers." }),
  truth:
    "Right is what a known answer, a reviewer or at least two labelers say. Those labelers may have seen proposals too, so errors that proposals cause are rather told too low.",
  astray: (points: string, range: string) =>
    `Where the proposal was wrong, people err more often if they see it: by ${points} points (${range}).`,
  astrayNot: (points: string, range: string) =>
    `Where the proposal was wrong, seeing it changes errors by ${points} points (${range}): no effect can be told.`,
  astrayLess: (points: string, range: string) =>
    `Where the proposal was wrong, people err less often if they see it: by ${points} points (${range}).`,
  astrayFew: "Too few wrong proposals were answered with and without view to tell their harm.",
  faster: (ratio: string, range: string) =>
    `With a proposal in view an answer takes ${ratio} of the time (${range}).`,
  slower: (ratio: string, range: string) =>
    `With a proposal in view an answer takes longer: ${ratio} of the time (${range}).`,
  sameTime: (ratio: string, range: string) =>
    `With a proposal in view an answer takes ${ratio} of the time (${range}): no difference can be told.`,
  shownTile: "Proposal in view",
  hiddenTile: "Hidden by the draw",
  takenTile: "Taken",
  takenNote: "by the key or button for it",
  table: "With and without the proposal",
  what: "What",
  shown: "In view",
  hidden: "Hidden",
  difference: "Difference",
  same: "Say what the proposal says",
  error: "Wrong",
  led_astray: "Wrong where the proposal is wrong",
  helped: "Wrong where the proposal is right",
  time: "Median time",
  seconds: (n: string) => `${n} s`,
  points: (n: string) => `${n} points`,
  labelers: "Labelers",
  labelersText:
    "Of each labeler: how much more they agree with what they see, and how much more they err where it is wrong.",
  labeler: "Labeler",
  answers: "In view / hidden",
  moreAlike: "Agreement gained",
  moreWrong: "Error where it is wrong",
  pace: "Time",
});
