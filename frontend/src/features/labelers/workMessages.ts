import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("my-work", {
  title: "My work",
  description: "Your own answers in this project, by day.",
  today: "Today",
  thisWeek: "This week",
  thisWeekNote: "since Monday",
  total: "In all",
  time: "Per answer",
  timeNote: "median of two weeks",
  seconds: (n: string) => `${n} s`,
  perHour: "Per hour of work",
  perHourNote: "pauses do not count",
  days: "The last two weeks",
  day: (day: string, n: number) => `${day}: ${plural(n, { one: "# answer", other: "# answers" })}`,
  none: "You have not answered anything here yet",
  noneText: "What you answer is counted here from the first item on.",
  label: "Label",
  hidden: "How your answers agree with those of others is not shown in this project.",
});
