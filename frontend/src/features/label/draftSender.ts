// Begun answers on their way to the server, so that they can be gone on with at another computer.
// What cannot be sent is kept in this browser all the same: here nothing is ever shown or waited for.
import { asApiError } from "@/api/errors";
import { sendOrThrow } from "@/api/http";
import type { JsonObject } from "@/api/types";

/** After the last change, so that a word is sent rather than its letters. */
const PAUSE_MS = 1500;
const RETRY_MS = 15_000;
/** The server takes no more; a browser sends no more than this from a page that closes. */
const MOST_BYTES = 200_000;
const MOST_CLOSING = 60_000;

export interface Begun {
  /** The browser's name for the draft. */
  name: string;
  lease: string;
  /** Null: what was begun is taken back. */
  answer: JsonObject | null;
  tookProposal: boolean;
}

type OnKept = (name: string, savedAt: string) => void;

export class DraftSender {
  private waiting: Begun | null = null;
  private busy = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly onKept: OnKept) {}

  /** The latest version of what is begun; an earlier one of the same lease is not sent any more. */
  note(begun: Begun): void {
    if (this.waiting && this.waiting.lease !== begun.lease) this.flush();
    this.waiting = begun;
    this.wait(PAUSE_MS);
  }

  /** It was answered: the server drops what it keeps of it by itself. */
  forget(lease: string): void {
    if (this.waiting?.lease !== lease) return;
    this.waiting = null;
    clearTimeout(this.timer);
  }

  /** Sends at once what waits; `closing` where the page may be gone before the reply. */
  flush(closing = false): void {
    clearTimeout(this.timer);
    void this.send(closing);
  }

  private wait(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(false), ms);
  }

  private async send(closing: boolean): Promise<void> {
    const begun = this.waiting;
    if (!begun) return;
    if (this.busy && !closing) {
      this.wait(PAUSE_MS);
      return;
    }
    this.waiting = null;
    this.busy = true;
    try {
      await put(begun, closing, this.onKept);
    } catch (error) {
      const { status } = asApiError(error);
      const mayWork = status === 0 || status === 401 || status === 429 || status >= 500;
      if (mayWork && !this.waiting) {
        this.waiting = begun;
        this.wait(status === 429 ? PAUSE_MS : RETRY_MS);
      }
    } finally {
      this.busy = false;
    }
  }
}

async function put({ name, lease, answer, tookProposal }: Begun, closing: boolean, onKept: OnKept) {
  const path = `/api/v1/leases/${lease}/draft/`;
  if (answer === null) {
    await sendOrThrow({ method: "DELETE", path, keepalive: closing });
    return;
  }
  const body = { answer, took_proposal: tookProposal };
  const { size } = new Blob([JSON.stringify(body)]);
  if (size > MOST_BYTES) return;
  const keepalive = closing && size < MOST_CLOSING;
  const kept = await sendOrThrow<{ saved_at: string }>({ method: "PUT", path, body, keepalive });
  onKept(name, kept.saved_at);
}
