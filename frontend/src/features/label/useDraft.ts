// An answer that is chosen but not submitted: kept in the browser until it is, and on the server
// for another computer of the same labeler.
import { useCallback, useEffect, useRef, useState } from "react";
import type { JsonObject } from "@/api/types";
import { readSetting, writeSetting } from "@/lib/storage";
import {
  draftName,
  dropDraft,
  type KeptDraft,
  markSent,
  onDraftKept,
  readDraft,
  saveDraft,
} from "@/outbox/drafts";
import { DraftSender } from "./draftSender";
import type { Offered } from "./requests";

interface Draft {
  task: number;
  answer: JsonObject | null;
  /** It comes from another computer, and is not changed here yet. */
  elsewhere: boolean;
}

export interface TaskDraft {
  /** Undefined where nothing is begun. */
  answer: JsonObject | null | undefined;
  elsewhere: boolean;
  change: (answer: JsonObject | null) => void;
  /** The task was answered. */
  forget: (task: number) => void;
}

// Kept in the browser as the draft is: a reload must not make it the labeler's own idea.
export const tookIn = (project: number) => `took-proposal-${project}`;

/** Whether what the server keeps of a lease is newer than what this browser has of it. */
export function isNewer(offer: Offered, own: KeptDraft<unknown> | undefined): boolean {
  if (!offer.draft || offer.begunAt === null) return false;
  if (!own) return true;
  // The version that was sent from here; whatever was typed since is newer.
  if (own.sent === offer.draft.saved_at) return false;
  return offer.begunAt > own.at;
}

/** The draft of the task on the screen, which is `offer`'s unless it was answered before. */
export function useDraft(project: number, task: number | null, offer: Offered | null): TaskDraft {
  const [draft, setDraft] = useState<Draft | null>(null);
  const [sender] = useState(() => new DraftSender(markSentSoon));
  const touched = useRef(new Set<number>());
  const version = offer?.draft?.saved_at;
  const latest = useRef(offer);
  latest.current = offer;

  // biome-ignore lint/correctness/useExhaustiveDependencies: anew when the server tells of a newer one
  useEffect(() => {
    if (task === null) return;
    let wanted = true;
    void readDraft<JsonObject>(draftName(project, task)).then((own) => {
      if (!wanted || touched.current.has(task)) return;
      const theirs = latest.current;
      if (theirs?.draft && isNewer(theirs, own)) {
        const { answer, took_proposal } = theirs.draft;
        if (took_proposal) writeSetting(tookIn(project), task);
        setDraft({ task, answer, elsewhere: true });
      } else if (own) setDraft({ task, answer: own.value, elsewhere: false });
    });
    return () => {
      wanted = false;
    };
  }, [project, task, version]);
  useSending(sender);
  // A refused answer that is kept as the draft of the item on the screen shows at once.
  useEffect(() => {
    if (task === null) return;
    const name = draftName(project, task);
    return onDraftKept((id) => {
      if (id !== name) return;
      touched.current.delete(task);
      void readDraft<JsonObject>(name).then((own) => {
        if (own && !touched.current.has(task)) {
          setDraft({ task, answer: own.value, elsewhere: false });
        }
      });
    });
  }, [project, task]);

  const change = (answer: JsonObject | null) => {
    if (task === null) return;
    touched.current.add(task);
    setDraft({ task, answer, elsewhere: false });
    const name = draftName(project, task);
    void (answer === null ? dropDraft(name) : saveDraft(name, answer));
    if (!offer) return; // a change of what is answered already has no lease
    const tookProposal = readSetting(tookIn(project), 0) === task;
    sender.note({ name, lease: offer.lease.id, answer, tookProposal });
  };
  const forget = useCallback(
    (answered: number) => {
      touched.current.delete(answered);
      void dropDraft(draftName(project, answered));
      if (latest.current?.id === answered) sender.forget(latest.current.lease.id);
    },
    [project, sender],
  );
  const now = draft !== null && draft.task === task ? draft : null;
  return { answer: now?.answer, elsewhere: now?.elsewhere ?? false, change, forget };
}

function markSentSoon(name: string, savedAt: string): void {
  void markSent(name, savedAt);
}

/** Sends what waits when the line is back, and before the page is left. */
function useSending(sender: DraftSender): void {
  useEffect(() => {
    const send = () => sender.flush();
    const leave = () => document.hidden && sender.flush(true);
    window.addEventListener("online", send);
    document.addEventListener("visibilitychange", leave);
    return () => {
      window.removeEventListener("online", send);
      document.removeEventListener("visibilitychange", leave);
      sender.flush(true);
    };
  }, [sender]);
}

/** Whether something is begun on a task. */
export async function hasDraft(project: number, task: number): Promise<boolean> {
  return (await readDraft(draftName(project, task))) !== undefined;
}
