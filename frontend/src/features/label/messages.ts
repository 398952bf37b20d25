import { defineMessages, formatNumber, plural } from "@/i18n/messages";

export const messages = defineMessages("label", {
  title: (project: string) => `Label · ${project}`,
  unknownType: (name: string) =>
    `This version of the page cannot answer questions of the type "${name}". Load the page again.`,
  image: (filename: string) => `Image ${filename}`,
  imageOf: (place: number) => `Item ${formatNumber(place)}`,
  readingSize: "The same image from afar",
  imageFailed: "This image cannot be loaded.",
  imageRetry: "Try again",
  enlarge: "Enlarge (hold)",
  shrink: "Back to normal size",
  previous: "Previous item",
  previousShort: "Previous",
  next: "Next item",
  toFront: "Back to the open item",
  skip: "Skip",
  flag: "Flag",
  flagged: "Flagged",
  guide: "Guide",
  guideTitle: "Guide and progress",
  close: "Close",
  undo: "Undo: open the previous item",
  redo: "Redo: forward again",

  answeredAs: (label: string) => `You answered ${label}. Choose again to change it.`,
  saidAnswer: (label: string) => `${label}`,
  saidSkip: "Skipped",
  saidFlag: "Flagged",
  saidChange: (label: string) => `Changed to ${label}`,
  saidBack: (label: string) => `Previous item, answered ${label}`,
  saidNoPrevious: "There is no earlier item",
  lost: (n: number) =>
    plural(n, {
      one: "An item went to somebody else while you were away.",
      other: "# items went to somebody else while you were away.",
    }),

  skipTitle: "Why skip it?",
  skipReasons: "Cannot tell|Bad image|No label fits",
  flagTitle: "What is wrong with it?",
  flagReasons: "Wrong or damaged image|Guidelines do not say|Personal or offensive",
  otherReason: "Another reason",
  send: "Send",
  cancel: "Cancel",

  why: "Why this item",
  whyBack: "You have opened it again.",
  guidelines: "Guidelines",
  noGuidelines: "This project has no guidelines.",
  progress: "Progress",
  thisVisit: "This visit",
  pace: "Per minute",
  settled: "Settled",
  settledOf: (settled: number, tasks: number) =>
    `${formatNumber(settled)} of ${formatNumber(tasks)}`,
  votes: "All votes",
  settings: "Settings",
  submitAtOnce: "Submit at once",
  submitAtOnceHint: "Off: choose first, then submit with Enter.",
  smooth: "Smooth tiny images",
  smoothHint: "Off: every pixel is shown as it is.",

  strip: "Your last answers and what comes next",
  stripAnswered: (label: string) => `Open again: ${label}`,
  skipped: "–",
  statusCount: (n: number) =>
    plural(n, { one: "# answer this visit", other: "# answers this visit" }),
  statusPace: (perMinute: string) => `${perMinute} per minute`,

  loading: "Fetching the next item…",
  nothing: "Nothing to label right now",
  nothingText: "There is no item for you at the moment.",
  checking: "This page looks for new items every few seconds.",
  offlineTitle: "You have answered all that was loaded",
  offlineText:
    "The server cannot be reached, so nothing new can be fetched. What you have answered is kept and sent by itself.",
  checkNow: "Look now",
  overview: "To the overview",
  visitSum: (n: number) =>
    plural(n, { one: "You gave # answer this visit.", other: "You gave # answers this visit." }),
  lookBack: "Look at your last answer",
});
