// An earlier answer that is changed: in its place while it waits, else as a new version of it.
import type { JsonObject } from "@/api/types";
import { uuid } from "@/lib/uuid";
import type { Outbox } from "@/outbox/outbox";
import type { Past } from "./loopState";

interface Revision {
  answer: JsonObject;
  duration_ms: number;
}

type Note = Parameters<Outbox["add"]>[0]["note"];

/** Puts the change on its way; returns the item as it is then. */
export function sendRevision(
  outbox: Pick<Outbox, "add" | "amend" | "discard" | "get">,
  past: Past,
  body: Revision,
  note: Note,
): Past {
  const { answer } = body;
  const waiting = past.key === null ? undefined : outbox.get(past.key);
  const whole = { ...(waiting?.body as object | undefined), answer };
  if (waiting && outbox.amend(waiting.key, whole)) return { ...past, answer };
  const key = uuid();
  if (waiting?.state === "rejected") outbox.discard(waiting.key);
  if (waiting?.state === "rejected" && waiting.kind === "submit") {
    // The first try was refused and never stored, so this one is the first again.
    const { method, path } = waiting;
    outbox.add({ key, kind: "submit", method, path, body: whole, note });
    return { ...past, answer, key };
  }
  // While the answer before is on its way, only its reply will tell what is to be changed.
  const after = waiting?.state === "waiting" ? waiting.key : undefined;
  const known = after ? null : past.annotation;
  outbox.add({
    key,
    kind: "revise",
    method: "PATCH",
    path: `/api/v1/annotations/${known?.id ?? "{id}"}/`,
    ifMatch: `"${known?.version ?? "{version}"}"`,
    after: known ? undefined : (past.key ?? undefined),
    body,
    note,
  });
  return { ...past, answer, key };
}
