// The table of task types. A name that the server does not know does not compile; the label page
// says so where the server knows a kind of question that has no twin here yet.
import { use } from "react";
import type { TaskTypeName } from "@/api/types";
import type { TaskType } from "./base";
import { choice } from "./choice";

/** All but the commonest are loaded when a project first asks that way. */
type Entry = TaskType | (() => Promise<TaskType>);

const table = {
  choice,
  pair: async () => (await import("./pair")).pair,
  transcription: async () => (await import("./transcription")).transcription,
  boxes: async () => (await import("./boxes")).boxes,
  polygons: async () => (await import("./polygons")).polygons,
  keypoints: async () => (await import("./keypoints")).keypoints,
  multi_label: async () => (await import("./multi_label")).multiLabel,
};

export const TASK_TYPES: Partial<Record<TaskTypeName, Entry>> = table;

const loads = new Map<string, Promise<TaskType>>();

/** The twin of a task type; suspends while it is being loaded, undefined where there is none. */
export function useTaskType(name: string): TaskType | undefined {
  const entry = (TASK_TYPES as Partial<Record<string, Entry>>)[name];
  if (typeof entry !== "function") return entry;
  const load = loads.get(name) ?? entry();
  loads.set(name, load);
  return use(load);
}
