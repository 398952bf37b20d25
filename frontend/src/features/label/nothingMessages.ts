import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("nothing-to-label", {
  pausedTitle: "Your work here is paused",
  pausedText: "You are given nothing new for now. Everything that you have answered is kept.",
  pausedWhy: "Why",
  appealLabel: "Is there something the managers should know?",
  appealSend: "Send to the managers",
  appealSent: "Your message is with the managers",
  appealAnswer: "Their answer",
  appealWaiting: "They have not answered yet. You can send another message, which takes its place.",
  nothing: "Nothing to label right now",
  nothingText: "There is no item for you at the moment.",
  checking: "This page looks for new items every few seconds.",
  offlineTitle: "You have answered all that was loaded",
  offlineText:
    "The server cannot be reached, so nothing new can be fetched. What you have answered is kept and sent by itself.",
  notLoaded: "Nothing is loaded here",
  notLoadedText:
    "The server cannot be reached. As soon as it answers again, items come by themselves.",
  checkNow: "Look now",
  overview: "To the overview",
  visitSum: (n: number) =>
    plural(n, { one: "You gave # answer this visit.", other: "You gave # answers this visit." }),
  lookBack: "Look at your last answer",
});
