// An answer that is chosen but not submitted: kept in the browser until it is.
import { useEffect, useState } from "react";
import type { JsonObject } from "@/api/types";
import { dropDraft, readDraft, saveDraft } from "@/outbox/drafts";

interface Draft {
  task: number;
  answer: JsonObject | null;
}

const nameOf = (project: number, task: number) => `answer-${project}-${task}`;

/** The draft of the task on the screen, and how to change it. */
export function useDraft(
  project: number,
  task: number | null,
): [JsonObject | null | undefined, (answer: JsonObject | null) => void] {
  const [draft, setDraft] = useState<Draft | null>(null);
  useEffect(() => {
    if (task === null) return;
    let wanted = true;
    void readDraft<JsonObject>(nameOf(project, task)).then((answer) => {
      if (wanted && answer) setDraft((now) => (now?.task === task ? now : { task, answer }));
    });
    return () => {
      wanted = false;
    };
  }, [project, task]);
  const change = (answer: JsonObject | null) => {
    if (task === null) return;
    setDraft({ task, answer });
    const name = nameOf(project, task);
    void (answer === null ? dropDraft(name) : saveDraft(name, answer));
  };
  return [draft !== null && draft.task === task ? draft.answer : undefined, change];
}

export function forgetDraft(project: number, task: number): void {
  void dropDraft(nameOf(project, task));
}
