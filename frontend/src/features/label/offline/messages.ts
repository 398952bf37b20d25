import { defineMessages, formatTime, plural } from "@/i18n/messages";

const items = (n: number) => plural(n, { one: "# item", other: "# items" });

export const messages = defineMessages("offline", {
  title: "Work offline",
  text: "Take items along before you go offline. They are held for you for twelve hours. You can reload and close this page meanwhile; your answers are sent when you are online again.",
  howMany: "How many",
  items,
  take: "Take along",
  leasing: "Fetching items…",
  loading: (kept: number, of: number) => `Loading pictures: ${kept} of ${of}`,
  ready: (left: number, until: Date) =>
    `${plural(left, { one: "# item is", other: "# items are" })} on this device, held for you until ${formatTime(until)}.`,
  large: (n: number, side: string) =>
    plural(n, {
      one: `# of them is very large: offline it is seen whole, with ${side} pixels along its longer side. Zooming in further needs the network.`,
      other: `# of them are very large: offline they are seen whole, with ${side} pixels along their longer side. Zooming in further needs the network.`,
    }),
  readySaid: (left: number) => `${items(left)} on this device. You can go offline now.`,
  partial: "Not all of it is on this device yet. Stay online to load the rest.",
  finish: "Load the rest",
  giveBack: "Give the rest back",
  offline: "You are offline now. Go on: nothing is lost.",
  waiting: "Your answers must arrive first; then the rest can be given back.",
  nothing: "There is nothing that could be taken along.",
  failed: (why: string) => `This did not work: ${why}`,
  noRoom: "there is not enough room on this device.",
  unable: "This browser keeps pages only on a secure address (https).",
});
