import { defineMessages } from "@/i18n/messages";

export const messages = defineMessages("commands", {
  title: "Keys",
  everywhere: "Everywhere",
  here: "On this screen",
  canvas: "On the canvas",
  search: "Find a command",
  change: "Change keys",
  done: "Done",
  resetAll: "All back to the defaults",
  reset: "Back to the default",
  off: "Turn off",
  isOff: "off",
  pressKey: "Press a key…",
  clash: (key: string, others: string) => `${key} also means: ${others}`,
  none: "No command is called that.",
  close: "Close",
  bindFor: (name: string) => `Key for ${name}`,
});
