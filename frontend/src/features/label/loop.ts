// The labeling loop without a page: which item is shown, what was answered, what comes next.
import { type ApiError, asApiError } from "@/api/errors";
import type { HistoryRow, JsonObject, LeaseBatch } from "@/api/types";
import { equalJson } from "@/lib/equal";
import { uuid } from "@/lib/uuid";
import type { Outbox } from "@/outbox/outbox";
import type { ItemPicture as Picture } from "@/task-types/base";
import { type Offer, type Offered, offered, otherOf } from "./requests";

/** Leases held ahead of the item on the screen, whose images are loaded already. */
export const AHEAD = 5;
const LOW = 2;
/** Leases are kept alive for so long after the last sign of life. */
const AWAY_MS = 10 * 60_000;

/** An item that was answered or skipped, oldest first. */
export interface Past {
  task: number;
  picture: Picture;
  /** Null when it was skipped. */
  answer: JsonObject | null;
  /** Key of the last entry sent for it; null for answers of an earlier visit. */
  key: string | null;
  lease: string | null;
  annotation: { id: number; version: number } | null;
}

export interface LoopState {
  phase: "loading" | "working" | "empty";
  /** The first is on the screen unless `back` points into the past. */
  queue: readonly Offered[];
  past: readonly Past[];
  /** Place in `past` of the item that was opened again. */
  back: number | null;
  /** Why there is nothing, in the server's words. */
  message: string | null;
  error: ApiError | null;
  /** Answers of this visit. */
  answered: number;
  flagged: ReadonlySet<number>;
  /** As the server said last; 0 until it has. */
  schemaVersion: number;
}

export interface LoopParts {
  project: number;
  outbox: Pick<
    Outbox,
    "add" | "amend" | "discard" | "get" | "list" | "onSent" | "ready" | "status"
  >;
  lease: (count: number, resume: boolean) => Promise<Offer>;
  extend: (lease: string) => Promise<number>;
  history: () => Promise<HistoryRow[]>;
  /** An answer in words, for the list of what is on its way. */
  describe: (answer: JsonObject) => string;
  leaseSeconds: number;
  /** The task that was on the screen before a reload: it comes first again. */
  first?: number;
  now?: () => number;
}

const START: LoopState = {
  phase: "loading",
  queue: [],
  past: [],
  back: null,
  message: null,
  error: null,
  answered: 0,
  flagged: new Set(),
  schemaVersion: 0,
};

export class LabelLoop {
  private state = START;
  private readonly listeners = new Set<() => void>();
  private readonly now: () => number;
  private leasing = false;
  private stopped = false;
  private unlisten = () => {};
  /** Made when an item is opened, so that it is one answer however often it is sent. */
  private readonly keys = new Map<number, string>();
  /** Tasks that are done for this labeler, whatever the server still offers. */
  private readonly done = new Set<number>();
  /** Further tasks asked for by answers that are not sent yet: key to their number. */
  private readonly expected = new Map<string, number>();
  private lastAlive: number;
  private skew = 0;

  constructor(private readonly parts: LoopParts) {
    this.now = parts.now ?? Date.now;
    this.lastAlive = this.now();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly getState = (): LoopState => this.state;

  private set(change: Partial<LoopState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  async start(): Promise<void> {
    this.stopped = false;
    const stopHearing = this.parts.outbox.onSent((key, body) => this.arrived(key, body));
    const stopWatching = this.parts.outbox.status.subscribe(() => this.dropAnswered());
    this.unlisten = () => {
      stopHearing();
      stopWatching();
    };
    await this.parts.outbox.ready;
    this.dropAnswered();
    await this.fill(true);
    await this.remember();
  }

  stop(): void {
    this.stopped = true;
    this.unlisten();
  }

  /** What the screen shows: an item that was opened again, or the first of the queue. */
  get shown(): { past: Past } | { offer: Offered } | null {
    const { back, past, queue } = this.state;
    const again = back === null ? undefined : past[back];
    if (again) return { past: again };
    return queue[0] ? { offer: queue[0] } : null;
  }

  // --- Answering ------------------------------------------------------------------------------

  submit(answer: JsonObject, durationMs: number): void {
    const { back } = this.state;
    if (back !== null) {
      this.revise(back, answer, durationMs);
      return;
    }
    const offer = this.state.queue[0];
    if (!offer) return;
    const key = this.keyFor(offer.id);
    const next = this.wanted(this.state.queue.length - 1);
    this.done.add(offer.id);
    this.parts.outbox.add({
      key,
      kind: "submit",
      method: "POST",
      path: "/api/v1/annotations/",
      body: { lease: offer.lease.id, answer, duration_ms: Math.round(durationMs), next },
      note: this.note(offer.id, offer.item, this.parts.describe(answer)),
    });
    this.expected.set(key, next);
    this.leave(offer, { answer, key });
  }

  skip(reason: string): void {
    const offer = this.state.back === null ? this.state.queue[0] : undefined;
    if (!offer) return;
    const key = this.keyFor(offer.id);
    this.done.add(offer.id);
    this.parts.outbox.add({
      key,
      kind: "skip",
      method: "DELETE",
      path: `/api/v1/leases/${offer.lease.id}/`,
      body: { reason },
      note: this.note(offer.id, offer.item, reason),
    });
    this.leave(offer, { answer: null, key });
  }

  flag(reason: string): void {
    const shown = this.shown;
    if (!shown) return;
    const [task, picture] =
      "past" in shown ? [shown.past.task, shown.past.picture] : [shown.offer.id, shown.offer.item];
    this.parts.outbox.add({
      key: uuid(),
      kind: "flag",
      method: "POST",
      path: `/api/v1/tasks/${task}/flag/`,
      body: { reason },
      note: this.note(task, picture, reason),
    });
    this.set({ flagged: new Set([...this.state.flagged, task]) });
  }

  private leave(offer: Offered, { answer, key }: Pick<Past, "answer" | "key">): void {
    this.lastAlive = this.now();
    const { id: task, item: picture, lease } = offer;
    const past: Past = { task, picture, answer, key, lease: lease.id, annotation: null };
    const queue = this.state.queue.filter((one) => one.id !== task);
    this.set({
      queue,
      past: [...this.state.past, past].slice(-200),
      answered: this.state.answered + (answer === null ? 0 : 1),
      phase: queue.length > 0 ? "working" : "loading",
    });
    // An answer brings the next task with its reply, a skip does not.
    if (queue.length <= LOW || answer === null) void this.fill(false);
  }

  private revise(place: number, answer: JsonObject, durationMs: number): void {
    const past = this.state.past[place];
    if (past && !equalJson(past.answer, answer)) {
      const revised = this.sendRevision(past, answer, Math.round(durationMs));
      this.set({ past: this.state.past.with(place, revised) });
    }
    this.set({ back: null });
  }

  private sendRevision(past: Past, answer: JsonObject, duration_ms: number): Past {
    const { outbox } = this.parts;
    const note = this.note(past.task, past.picture, this.parts.describe(answer));
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
      body: { answer, duration_ms },
      note,
    });
    return { ...past, answer, key };
  }

  private keyFor(task: number): string {
    const key = this.keys.get(task) ?? uuid();
    this.keys.set(task, key);
    return key;
  }

  private note(task: number, picture: Picture, text: string) {
    return { project: this.parts.project, task, text, thumb: picture.thumb_url };
  }

  // --- Looking back ---------------------------------------------------------------------------

  /** Opens the item before the one on the screen; skipped ones are passed over. */
  previous(): boolean {
    const { past, back } = this.state;
    const before = past.slice(0, back ?? past.length);
    const place = before.findLastIndex((one) => one.answer !== null);
    if (place === -1) return false;
    this.set({ back: place });
    return true;
  }

  next(): boolean {
    const { past, back } = this.state;
    if (back === null) return false;
    const place = past.findIndex((one, at) => at > back && one.answer !== null);
    this.set({ back: place === -1 ? null : place });
    return true;
  }

  open(place: number): void {
    if (this.state.past[place]?.answer != null) this.set({ back: place });
  }

  toFront(): void {
    this.set({ back: null });
  }

  /** Answers of earlier visits, so that the last one can be opened again after a reload. */
  private async remember(): Promise<void> {
    const rows = await this.parts.history().catch(() => []);
    const known = new Set(this.state.past.map((past) => past.task));
    const earlier = rows
      .filter((row) => !known.has(row.task))
      .map(pastOf)
      .reverse();
    if (this.stopped || earlier.length === 0) return;
    const { back, past } = this.state;
    this.set({
      past: [...earlier, ...past],
      back: back === null ? null : back + earlier.length,
    });
  }

  // --- What comes next ------------------------------------------------------------------------

  /** How many tasks to ask for, with `ahead` in the queue and others on their way. */
  private wanted(ahead: number): number {
    const { outbox } = this.parts;
    const coming = [...this.expected]
      .filter(([key]) => outbox.get(key)?.state === "waiting")
      .reduce((sum, [, count]) => sum + count, 0);
    return Math.max(0, Math.min(AHEAD + 1, AHEAD + 1 - ahead - coming));
  }

  /** Asks for tasks; `resume` also for those that are held already. */
  async fill(resume: boolean): Promise<void> {
    if (this.leasing || this.stopped) return;
    this.leasing = true;
    try {
      // Held ones that are answered but not sent come back too, so room is made for them.
      const unsent = resume ? this.parts.outbox.list().length : 0;
      const count = Math.min(20, AHEAD + 1 - this.state.queue.length + unsent);
      if (count > 0) this.take(await this.parts.lease(count, resume));
    } catch (error) {
      this.failed(asApiError(error));
    } finally {
      this.leasing = false;
    }
  }

  private take({ tasks, message, skew, schemaVersion }: Offer): void {
    if (this.stopped) return;
    this.skew = skew;
    const known = new Set(this.state.queue.map((offer) => offer.id));
    const fresh = tasks.filter((task) => !known.has(task.id) && !this.done.has(task.id));
    const queue = [...this.state.queue, ...fresh];
    if (this.state.queue.length === 0) queue.sort((a, b) => this.before(a) - this.before(b));
    const phase = queue.length > 0 ? "working" : "empty";
    this.set({
      queue,
      phase,
      schemaVersion,
      message: queue.length > 0 ? null : message,
      error: null,
    });
  }

  private before(offer: Offered): number {
    return offer.id === this.parts.first ? 0 : 1;
  }

  private failed(error: ApiError): void {
    if (this.stopped) return;
    if (this.state.queue.length === 0) this.set({ phase: "empty", error, message: null });
  }

  private arrived(key: string, body: unknown): void {
    this.expected.delete(key);
    const reply = body as { id?: number; version?: number; next?: LeaseBatch } | null;
    const place = this.state.past.findIndex((past) => past.key === key);
    if (place !== -1 && reply?.id !== undefined && reply.version !== undefined) {
      const annotation = { id: reply.id, version: reply.version };
      const past = { ...(this.state.past[place] as Past), annotation };
      this.set({ past: this.state.past.with(place, past) });
    }
    if (reply?.next && place !== -1) this.take(offered(reply.next, this.skew));
    if (place !== -1 && this.state.queue.length <= LOW) void this.fill(false);
  }

  /** What is on its way, also from another tab, is not offered again. */
  private dropAnswered(): void {
    const { outbox, project } = this.parts;
    const answered = outbox
      .list()
      .filter((entry) => entry.note.project === project && entry.kind !== "flag")
      .map((entry) => entry.note.task);
    this.drop(answered.filter((task) => !this.done.has(task)));
  }

  private drop(tasks: readonly number[]): void {
    for (const task of tasks) this.done.add(task);
    const queue = this.state.queue.filter((offer) => !tasks.includes(offer.id));
    if (queue.length === this.state.queue.length) return;
    this.set({ queue, phase: queue.length > 0 ? "working" : "loading" });
    if (queue.length <= LOW) void this.fill(false);
  }

  // --- Keeping leases -------------------------------------------------------------------------

  /** The labeler is there: a key, a click, a look at the page. */
  alive(): void {
    this.lastAlive = this.now();
  }

  /**
   * Extends leases of which less than 40 % is left, as long as the labeler is there. Returns the
   * tasks that have gone to somebody else; they are out of the queue.
   */
  async keepLeases(): Promise<number[]> {
    if (this.now() - this.lastAlive > AWAY_MS) return [];
    const short = this.parts.leaseSeconds * 400;
    const due = this.state.queue.filter((offer) => offer.expiresAt - this.now() < short);
    const lost: number[] = [];
    for (const offer of due) {
      if (!(await this.extend(offer))) lost.push(offer.id);
    }
    if (lost.length > 0) this.drop(lost);
    return lost;
  }

  private async extend(offer: Offered): Promise<boolean> {
    try {
      await this.parts.extend(offer.lease.id);
      const expiresAt = this.now() + this.parts.leaseSeconds * 1000;
      const queue = this.state.queue.map((one) =>
        one.id === offer.id ? { ...one, expiresAt } : one,
      );
      this.set({ queue });
      return true;
    } catch (error) {
      // Without a line nobody knows; only the server can say that a lease is gone.
      return ![404, 409, 410].includes(asApiError(error).status);
    }
  }
}

function pastOf(row: HistoryRow): Past {
  const { image_url, thumb_url, width, height, filename } = row;
  return {
    task: row.task,
    picture: { image_url, thumb_url, width, height, filename, other: otherOf(row) },
    answer: row.answer,
    key: null,
    lease: null,
    annotation: { id: row.id, version: row.version },
  };
}
