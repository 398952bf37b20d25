import { defineMessages, formatNumber, plural } from "@/i18n/messages";

export const statusMessages = defineMessages("status-bar", {
  saved: "All saved",
  saving: (n: number) => `Saving ${formatNumber(n)}…`,
  offline: (n: number) => `Offline · ${formatNumber(n)} waiting`,
  signIn: (n: number) => `Sign in to save ${formatNumber(n)}`,
  server: (n: number) => `The server does not take it · ${formatNumber(n)} waiting`,
  rejected: (n: number) => `${formatNumber(n)} rejected`,
  panelTitle: "Answers on their way",
  nothing: "Everything you have answered is stored on the server.",
  waitingTitle: (n: number) => plural(n, { one: "# answer waits", other: "# answers wait" }),
  waitingText:
    "They are kept in this browser, also when you close it, and are sent in order as soon as the server can be reached.",
  notDurable:
    "This browser keeps no data for this page. Leave the window open until everything is saved.",
  rejectedTitle: (n: number) =>
    plural(n, { one: "# answer was refused", other: "# answers were refused" }),
  rejectedText: "The server has not stored these. The others go on.",
  ofOthers: (n: number) =>
    plural(n, {
      one: "# answer of somebody else waits in this browser. It is sent when they sign in.",
      other: "# answers of somebody else wait in this browser. They are sent when they sign in.",
    }),
  sendAgain: "Send again",
  lost: "The item went to somebody else, so this answer cannot be sent any more. Kept as a draft, it is there again if the item comes back to you.",
  keepAsDraft: "Keep as a draft",
  replaceTitle: "Replace what you have begun?",
  replaceText: "You have begun another answer to this item. The refused one takes its place.",
  replace: "Replace it",
  discard: "Discard",
  discardTitle: "Discard this answer?",
  discardText: "It is not stored anywhere else.",
  item: (task: number) => `Task ${task}`,
  close: "Close",
});
