import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("canvas", {
  added: (label: string, count: number) =>
    `${label} added, ${plural(count, { one: "# shape", other: "# shapes" })}`,
  moved: "Moved",
  changed: "Changed",
  tooSmall: "Too small: not added",
  noArea: "An outline needs three corners that enclose an area",
  corner: (count: number) => plural(count, { one: "# corner", other: "# corners" }),
  cornerGone: "Corner deleted",
  cornerNeeded: "An outline keeps at least three corners",
  next: (title: string, at: number, of: number) => `Next: ${title}, ${at} of ${of}`,
  complete: (label: string) => `${label}: all points placed`,
});
