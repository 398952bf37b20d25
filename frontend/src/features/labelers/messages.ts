import { defineMessages, formatNumber, plural } from "@/i18n/messages";

export const messages = defineMessages("labelers", {
  title: "Labelers",
  description: "How good, how alike and how fast each of them is, by their votes.",
  ownTitle: "My figures",
  ownDescription: "What the votes say of your own work. Nobody else's is shown.",
  onlyLeads: "Only managers and reviewers see the figures of labelers.",
  none: "Nobody has answered yet",
  invite: "Invite labelers",
  noneText: "Once people answer the same items, they can be compared here.",
  notYet: "The figures are not worked out yet",
  notYetText: "A worker does it within a minute of the first votes. You can also ask for it now.",
  compute: "Work out now",
  refresh: "Update",
  asOf: (when: string, votes: number) =>
    `As of ${when}, from ${plural(votes, { one: "# vote", other: "# votes" })}`,
  outOfDate: "New votes have come since.",
  sampled: "Agreement is taken from a fixed share of the items.",

  name: "Name",
  votes: "Votes",
  skill: "Skill",
  skillHint: "Share of right answers, by the consensus",
  agreement: "Agrees with the others",
  agreementHint: "With the consensus of everybody else: the own vote is left out",
  worth: "Beyond chance",
  worthHint:
    "Agreement with the others less what the own habits give by chance: always the same answer is worth 0%. What is copied counts for nothing.",
  time: "Per answer",
  perHour: "Per hour",
  gold: "Gold",
  goldHint: "Right on gold items",
  seconds: (text: string) => `${text} s`,
  paused: "Paused",
  left: "Left",
  notCounted: "Not counted",
  drifting: "Getting worse",
  improving: "Getting better",
  spammer: "No better than chance",
  copies: (name: string) => `Answers like ${name}`,
  copiesText: (name: string, share: string, odd: number) =>
    `Of ${plural(odd, { one: "# answer", other: "# answers" })} of ${name} that hardly anybody else gave, ${share} more were repeated than chance explains.`,
  tooFew: (least: number) => `Fewer than ${formatNumber(least)} answers can be compared yet.`,

  alpha: "Krippendorff's alpha",
  alphaNote: (low: string, high: string) => `95% interval ${low} to ${high}`,
  percentAlike: "Pairs of votes alike",
  labelers: "Labelers",
  pairs: "Each pair",
  pairsHint:
    "Cohen's kappa of two labelers on the items both answered, from 30 common items on. 1 is full agreement, 0 is chance.",
  pairsBusiest: (n: number) => `The ${formatNumber(n)} with the most votes.`,
  noPairs: "No two labelers have answered the same item yet.",
  pairCell: (a: string, b: string, kappa: string, low: string, high: string, common: number) =>
    `${a} and ${b}: kappa ${kappa} (${low} to ${high}) on ${plural(common, { one: "# item", other: "# items" })}`,
  pairFew: (a: string, b: string, common: number) =>
    `${a} and ${b}: only ${plural(common, { one: "# common item", other: "# common items" })}`,

  back: "All labelers",
  weeks: "Week by week",
  week: "Week of",
  answers: "Answers",
  driftDown: (change: string) => `${change} in the latest week, compared with all before`,
  driftSame: "The latest week is no different from those before, as far as can be told.",
  driftUnknown: "Too little to compare weeks yet.",
  steady: "Steady",
  steadyHint: "How like a second answer is to the first, where the same was asked again unseen",
  steadyNote: (range: string, n: number) =>
    `${range} on ${plural(n, { one: "# repeat", other: "# repeats" })}`,
  steadyGap: (hours: number) =>
    hours < 1
      ? `${formatNumber(Math.round(hours * 60))} min apart`
      : hours < 48
        ? `${formatNumber(Math.round(hours))} h apart`
        : `${formatNumber(Math.round(hours / 24))} days apart`,
  sessions: "By the minute of a session",
  sessionsHint: "A session ends with twenty minutes without an answer.",
  minute: "Minute",
  minutes: (from: number, to: number) => `${formatNumber(from)} – ${formatNumber(to)}`,
  minutesFrom: (from: number) => `${formatNumber(from)} and later`,
  tired: (change: string) =>
    `${change} agreement after half an hour, compared with the first 15 minutes.`,
  tiredSame: "Late answers are no different from early ones, as far as can be told.",
  tiredUnknown: "Too few late answers to tell yet.",
  confusion: "What is answered for what",
  confusionHint: "The truth is what a reviewer or gold decided, else what the others say.",
  confusionNone: "Answers of this kind have no classes that could be mistaken for each other.",
  withOthers: "With each other labeler",
  other: "Labeler",
  common: "Common items",
  kappa: "Kappa",
  chance: "Beyond chance",
  onAnswers: (range: string, n: number) =>
    `${range} on ${plural(n, { one: "# answer", other: "# answers" })}`,
  since: (from: string, to: string) => `${from} – ${to}`,
});
