// What counts as right when a merged answer is held against a known one, in words.
import type { Project } from "@/api/types";
import type { messages } from "./messages";

/** Whether whole answers are merged, rather than classes counted. */
export function isMerged(project: Pick<Project, "task_type">): boolean {
  return project.task_type !== "choice" && project.task_type !== "pair";
}

export function rightMeans(t: typeof messages.english, type: string): string {
  if (type === "transcription") return t.right_text;
  if (type === "multi_label") return t.right_set;
  if (type === "keypoints") return t.right_points;
  return isMerged({ task_type: type as Project["task_type"] }) ? t.right_shapes : t.right_label;
}
