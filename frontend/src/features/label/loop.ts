// The labeling loop without a page: which item is shown, what was answered, what comes next.
import { type ApiError, asApiError } from "@/api/errors";
import type { JsonObject, LeaseBatch } from "@/api/types";
import { equalJson } from "@/lib/equal";
import { uuid } from "@/lib/uuid";
import type { Entry } from "@/outbox/entry";
import type { Neighbour, ItemPicture as Picture } from "@/task-types/base";
import { endsIn, flagEntry, leaseOf, seatOf, skipEntry, submitEntry } from "./entries";
import { type LoopParts, type LoopState, neighbour, type Past, pastOf, START } from "./loopState";
import { type Offer, type Offered, offered } from "./requests";
import { sendRevision } from "./revise";

/** Leases held ahead of the item on the screen, whose images are loaded already. */
export const AHEAD = 5;
const LOW = 2;
/** Leases are kept alive for so long after the last sign of life. */
const AWAY_MS = 10 * 60_000;

export class LabelLoop {
  private state = START;
  private readonly listeners = new Set<() => void>();
  private readonly now: () => number;
  private leasing = false;
  private stopped = false;
  private unlisten = () => {};
  /** Made when an item is opened, so that it is one answer however often it is sent. */
  private readonly keys = new Map<string, string>();
  /** Seats that are done for this labeler, whatever the server still offers. By seat, since the
   *  same question may be put once more in another one. */
  private readonly done = new Set<string>();
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
    await this.unpack();
    this.dropAnswered();
    await this.fill(true);
    await this.remember();
  }

  /** Work that was taken along is there before the server is asked, or without it. */
  private async unpack(): Promise<void> {
    const kept = (await this.parts.kit?.read().catch(() => [])) ?? [];
    if (kept.length === 0 || this.stopped) return;
    const queue = kept.sort((a, b) => this.before(a) - this.before(b));
    this.set({ queue, phase: "working" });
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

  /** What was answered in this visit or before it, and what comes. */
  around(): Neighbour[] {
    const { past, queue } = this.state;
    return [
      ...past.map(({ task, picture, answer }) => neighbour(task, picture, answer !== null)),
      ...queue.map(({ id, item }) => neighbour(id, item, false)),
    ];
  }

  // --- Answering ------------------------------------------------------------------------------

  /** `took`: whether the answer began as the proposal; null where there was none to see. */
  submit(answer: JsonObject, durationMs: number, took: boolean | null = null): void {
    const { back } = this.state;
    if (back !== null) {
      this.revise(back, answer, durationMs);
      return;
    }
    const offer = this.state.queue[0];
    if (!offer) return;
    const key = this.keyFor(offer);
    const next = this.wanted(this.state.queue.length - 1);
    this.done.add(seatOf(offer.lease.id));
    const note = this.note(offer.id, offer.item, this.parts.describe(answer));
    this.parts.outbox.add(submitEntry(offer, key, { answer, durationMs, took, next }, note));
    this.expected.set(key, next);
    this.leave(offer, { answer, key });
  }

  skip(reason: string): void {
    const offer = this.state.back === null ? this.state.queue[0] : undefined;
    if (!offer) return;
    const key = this.keyFor(offer);
    this.done.add(seatOf(offer.lease.id));
    const note = this.note(offer.id, offer.item, reason);
    this.parts.outbox.add(skipEntry(offer, key, reason, note));
    this.leave(offer, { answer: null, key });
  }

  flag(reason: string): void {
    const shown = this.shown;
    if (!shown) return;
    const [task, picture] =
      "past" in shown ? [shown.past.task, shown.past.picture] : [shown.offer.id, shown.offer.item];
    this.parts.outbox.add(flagEntry(task, reason, this.note(task, picture, reason)));
    this.set({ flagged: new Set([...this.state.flagged, task]) });
  }

  private leave(offer: Offered, { answer, key }: Pick<Past, "answer" | "key">): void {
    this.lastAlive = this.now();
    const { id: task, item: picture, lease } = offer;
    const past: Past = { task, picture, answer, key, lease: lease.id, annotation: null };
    const queue = this.state.queue.filter((one) => one.id !== task);
    this.parts.kit?.drop(task);
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
      const note = this.note(past.task, past.picture, this.parts.describe(answer));
      const body = { answer, duration_ms: Math.round(durationMs) };
      const revised = sendRevision(this.parts.outbox, past, body, note);
      this.set({ past: this.state.past.with(place, revised) });
    }
    this.set({ back: null });
  }

  private keyFor(offer: Offered): string {
    const seat = seatOf(offer.lease.id);
    const key = this.keys.get(seat) ?? uuid();
    this.keys.set(seat, key);
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
      // One at least, so that a visit with work of its own hears of a pause or new labels too.
      const least = resume ? 1 : 0;
      const count = Math.min(20, Math.max(least, AHEAD + 1 - this.state.queue.length + unsent));
      if (count > 0) this.take(await this.parts.lease(count, resume));
    } catch (error) {
      this.failed(asApiError(error));
    } finally {
      this.leasing = false;
    }
  }

  /** Adds offers to the queue; those that are in it already get their new end. */
  take({ tasks, message, paused, skew, schemaVersion }: Offer): void {
    if (this.stopped) return;
    this.skew = skew;
    const known = new Set(this.state.queue.map((offer) => offer.id));
    for (const { note } of this.unsent()) known.add(note.task);
    const renewed = new Map(tasks.map((task) => [seatOf(task.lease.id), task]));
    const held = this.state.queue.map((offer) => renewed.get(seatOf(offer.lease.id)) ?? offer);
    const fresh = tasks.filter(
      (task) => !known.has(task.id) && !this.done.has(seatOf(task.lease.id)),
    );
    const queue = [...held, ...fresh];
    if (this.state.queue.length === 0) queue.sort((a, b) => this.before(a) - this.before(b));
    const phase = queue.length > 0 ? "working" : "empty";
    this.set({
      queue,
      phase,
      schemaVersion,
      message: queue.length > 0 ? null : message,
      paused: queue.length === 0 && paused,
      error: null,
    });
  }

  /** Leaves an item that went to somebody else; what was begun is kept, should it come back. */
  leaveLost(): void {
    if (this.state.lost !== null) this.drop([this.state.lost], false);
    this.set({ lost: null });
  }

  /** Takes items out of the queue that others may have; they may come back another time. */
  letGo(tasks: ReadonlySet<number>): void {
    this.set({ queue: this.state.queue.filter((offer) => !tasks.has(offer.id)) });
  }

  private before(offer: Offered): number {
    if (offer.id === this.parts.first) return 0;
    return offer.draft ? 1 : 2; // begun at another computer
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
    const entries = this.unsent();
    for (const entry of entries) this.done.add(seatOf(leaseOf(entry)));
    this.drop(entries.map((entry) => entry.note.task));
  }

  /** Answers and skips that have not arrived yet. */
  private unsent(): Entry[] {
    const { outbox, project } = this.parts;
    return outbox.list().filter((entry) => endsIn(project, entry));
  }

  /** `done`: for this labeler; what others got may be offered again, in the same seat. */
  private drop(tasks: readonly number[], done = true): void {
    const dropped = this.state.queue.filter((offer) => tasks.includes(offer.id));
    if (dropped.length === 0) return;
    for (const offer of dropped) {
      if (done) this.done.add(seatOf(offer.lease.id));
      this.parts.kit?.drop(offer.id);
    }
    const queue = this.state.queue.filter((offer) => !dropped.includes(offer));
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
   * tasks that have gone to somebody else; they are out of the queue, but for `begun`: work is
   * never taken from the screen.
   */
  async keepLeases(begun: number | null = null): Promise<number[]> {
    if (this.now() - this.lastAlive > AWAY_MS) return [];
    const short = this.parts.leaseSeconds * 400;
    const due = this.state.queue.filter(
      (offer) => offer.expiresAt - this.now() < short && offer.id !== this.state.lost,
    );
    const lost: number[] = [];
    for (const offer of due) {
      if (!(await this.extend(offer))) lost.push(offer.id);
    }
    if (begun !== null && lost.includes(begun)) this.set({ lost: begun });
    const gone = lost.filter((task) => task !== begun);
    if (gone.length > 0) this.drop(gone, false);
    return gone;
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
