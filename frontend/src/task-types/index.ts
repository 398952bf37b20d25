// The table of task types. A name that the server knows and this table lacks does not compile.
import type { TaskTypeName } from "@/api/types";
import type { TaskType } from "./base";
import { choice } from "./choice";

export const TASK_TYPES: Record<TaskTypeName, TaskType> = { choice };

export function taskTypeOf(name: string): TaskType | undefined {
  return TASK_TYPES[name as TaskTypeName];
}
