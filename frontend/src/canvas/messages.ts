import { defineMessages, plural } from "@/i18n/messages";

export const messages = defineMessages("canvas", {
  box: "box",
  polygon: "polygon",
  keypoints: "points",
  added: (label: string, count: number) =>
    `${label} added, ${plural(count, { one: "# shape", other: "# shapes" })}`,
  moved: "Moved",
  changed: "Changed",
  tooSmall: "Too small: not added",
  noArea: "An outline needs three corners that enclose an area",
  corner: (count: number) => plural(count, { one: "# corner", other: "# corners" }),
  cornerGone: "Corner deleted",
  cornerNeeded: "An outline keeps at least three corners",
  locked: "Locked",
  cancelled: "Cancelled",
  next: (title: string, at: number, of: number) => `Next: ${title}, ${at} of ${of}`,
  complete: (label: string) => `${label}: all points placed`,
  occluded: (title: string) => `${title} is hidden`,
  visible: (title: string) => `${title} is visible`,
});
