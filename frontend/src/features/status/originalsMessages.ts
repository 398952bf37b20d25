import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("originals", {
  title: "Originals sent",
  about:
    "Every original that somebody was sent, and every export file with pictures. The server keeps it for ACCESS_LOG_DAYS days.",
  onlyAdmins: "Only administrators see this.",
  user: "User name",
  picture: "Picture no.",
  since: "From",
  until: "To",
  clear: "Clear filters",
  when: "When",
  what: "What",
  dataset: "Dataset",
  gone: "taken down",
  accountGone: "closed account",
  none: "Nothing was sent yet",
  noneText: "Labelers see pictures that are written anew, never the original.",
  noMatch: "Nothing fits these filters",
  inExport: (pictures: number, id: number) =>
    plural(pictures, { one: `# picture in export ${id}`, other: `# pictures in export ${id}` }),
});
