import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("drift", {
  title: "Imported images look different",
  text: (flagged: number, count: number, usual: string, project: string) =>
    `${flagged} of ${plural(count, { one: "# item", other: "# items" })} of an import look unlike what is labeled in ${project}, where ${usual} would be usual.`,
  look: "Look at them",
});
