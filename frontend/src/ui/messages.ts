import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("ui", {
  loading: "Loading…",
  tryAgain: "Try again",
  offline: "The server cannot be reached",
  problem: "Something went wrong",
  toProjects: "To the projects",
  cancel: "Cancel",
  loadMore: "Load more",
  rows: (n: number) => plural(n, { one: "# row", other: "# rows" }),
  rowsSoFar: (n: number) => plural(n, { one: "# row so far", other: "# rows so far" }),
  close: "Close",
  actions: "Actions",
  copy: "Copy",
  copied: "Copied",
  copyChecksum: "Copy the SHA-256",
  copyThis: (what: string) => `Copy: ${what}`,
  noPicture: (name: string) => `${name}: the picture cannot be loaded`,
});
