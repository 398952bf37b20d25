// The queue of answers: kept in memory and IndexedDB at once, sent in order by one tab.
import { send } from "@/api/http";
import { type Database, database } from "./db";
import {
  backOff,
  type Entry,
  type EntryError,
  type EntryReply,
  filled,
  judge,
  type Made,
  madeBy,
  type NewEntry,
} from "./entry";
import { makeStatus, type OutboxStatus, outboxStatus, type StatusStore } from "./status";
import { held, watchLeaving } from "./unsettled";

type Sender = (entry: Entry) => Promise<EntryReply>;
type SentListener = (key: string, body: unknown) => void;

/** What tabs tell each other. */
type Message =
  | { type: "put"; entry: Entry }
  | { type: "delete"; key: string }
  | { type: "sent"; key: string; body: unknown };

export interface OutboxParts {
  open?: () => Promise<Database | null>;
  post?: Sender;
  locks?: Pick<LockManager, "request"> | undefined;
  channel?: BroadcastChannel | undefined;
  status?: StatusStore;
  random?: () => number;
}

const LOCK = "labelhub-outbox";
const TRY_FOR_MS = 30_000;

async function postEntry(entry: Entry): Promise<EntryReply> {
  const headers: Record<string, string> = { "Idempotency-Key": entry.key };
  if (entry.ifMatch !== undefined) headers["If-Match"] = entry.ifMatch;
  try {
    const signal = AbortSignal.timeout(TRY_FOR_MS);
    return await send({
      method: entry.method,
      path: entry.path,
      body: entry.body,
      headers,
      signal,
    });
  } catch {
    return { status: 0, body: null, retryAfter: null };
  }
}

export class Outbox {
  readonly status: StatusStore;
  private readonly entries = new Map<string, Entry>();
  /** What earlier entries made, for revisions that come after their reply. */
  private readonly made = new Map<string, Made>();
  private readonly listeners = new Set<SentListener>();
  private readonly post: Sender;
  private readonly random: () => number;
  private readonly channel: BroadcastChannel | undefined;
  private readonly db: Promise<Database | null>;
  private writes: Promise<unknown> = Promise.resolve();
  private user: number | null = null;
  private isSender = false;
  private inFlight: string | null = null;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private wake: ReturnType<typeof setTimeout> | undefined;
  private lastOrder = 0;
  private trouble: OutboxStatus["trouble"] = null;
  /** Fulfilled when what an earlier visit left has been read. */
  readonly ready: Promise<void>;

  constructor({
    open = database,
    post = postEntry,
    random = Math.random,
    ...parts
  }: OutboxParts = {}) {
    this.status = parts.status ?? makeStatus();
    this.post = post;
    this.random = random;
    this.channel = parts.channel;
    this.channel?.addEventListener("message", (event) => this.hear(event.data as Message));
    this.db = open();
    this.ready = this.load();
    void this.becomeSender(parts.locks);
  }

  /** Only entries of the signed-in user are sent. */
  setUser(user: number | null): void {
    this.user = user;
    this.failures = 0;
    this.publish(); // what waits is counted by user, also in a tab that sends nothing
    this.resume();
  }

  /** Takes the entry before it returns; it is written to disk and sent in the background. */
  add(fresh: NewEntry): Entry {
    if (this.user === null) throw new Error("The outbox takes nothing while nobody is signed in");
    const entry = this.resolved({
      ...fresh,
      user: this.user,
      order: this.nextOrder(),
      state: "waiting",
      attempts: 0,
      error: null,
      createdAt: Date.now(),
    });
    this.put(entry);
    this.pump();
    return entry;
  }

  /** Changes what has not been tried yet; false when it is too late and a revision is due. */
  amend(key: string, body: unknown): boolean {
    const entry = this.entries.get(key);
    if (!entry || entry.attempts > 0 || this.inFlight === key || !this.isSender) return false;
    this.put({ ...entry, body });
    return true;
  }

  /** Takes back what is not due yet; false when it is too late for that. */
  takeBack(key: string): boolean {
    const due = this.entries.get(key)?.notBefore ?? 0;
    if (due <= Date.now()) return false;
    this.discard(key);
    return true;
  }

  /** Sends at once what was to wait for a while. */
  release(key: string): void {
    const entry = this.entries.get(key);
    if (entry?.notBefore === undefined) return;
    this.put({ ...entry, notBefore: undefined });
    this.pump();
  }

  get(key: string): Entry | undefined {
    return this.entries.get(key);
  }

  list(): Entry[] {
    return [...this.entries.values()].sort((a, b) => a.order - b.order);
  }

  /** Calls back with the reply's document when an entry has arrived, in whichever tab. */
  onSent(listener: SentListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sends a refused entry once more, with what hangs on it. */
  retry(key: string): void {
    for (const entry of this.withDependents(key)) {
      this.put({ ...entry, state: "waiting", error: null });
    }
    this.pump();
  }

  discard(key: string): void {
    for (const entry of this.withDependents(key)) this.remove(entry.key);
  }

  /** For `online`, the timer and a new sign-in; a new entry must not come through here. */
  resume(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.pump();
  }

  private withDependents(key: string): Entry[] {
    const own = this.entries.get(key);
    const after = this.list().filter((entry) => entry.after === key);
    return [...(own ? [own] : []), ...after.flatMap((entry) => this.withDependents(entry.key))];
  }

  private nextOrder(): number {
    this.lastOrder = Math.max(this.lastOrder + 0.001, Date.now());
    return this.lastOrder;
  }

  private resolved(entry: Entry): Entry {
    const made = entry.after === undefined ? undefined : this.made.get(entry.after);
    return made ? filled(entry, made) : entry;
  }

  // --- Where entries are kept -----------------------------------------------------------------

  private put(entry: Entry, tell = true): void {
    this.entries.set(entry.key, entry);
    this.write(entry.key, entry, (db) => db.put("entries", entry));
    if (tell) this.channel?.postMessage({ type: "put", entry } satisfies Message);
    this.publish();
  }

  private remove(key: string, tell = true): void {
    this.entries.delete(key);
    this.write(key, null, (db) => db.delete("entries", key));
    if (tell) this.channel?.postMessage({ type: "delete", key } satisfies Message);
    this.publish();
  }

  private write(key: string, row: Entry | null, work: (db: Database) => Promise<unknown>): void {
    const step = held("entries", key, row, async () => {
      const db = await this.db;
      if (db) await work(db);
    });
    this.writes = Promise.allSettled([this.writes, step]);
    step.catch(() => this.status.setState({ durable: false }));
  }

  private async load(): Promise<void> {
    const db = await this.db;
    if (!db) {
      this.status.setState({ durable: false, known: true });
      return;
    }
    const before = new Set(this.entries.keys());
    await this.writes;
    for (const entry of await db.getAll("entries")) {
      this.lastOrder = Math.max(this.lastOrder, entry.order);
      if (!before.has(entry.key)) this.entries.set(entry.key, entry);
    }
    this.publish();
    this.status.setState({ known: true });
  }

  private hear(message: Message): void {
    if (message.type === "put") this.entries.set(message.entry.key, this.resolved(message.entry));
    if (message.type === "delete") this.entries.delete(message.key);
    if (message.type === "sent") this.arrived(message.key, message.body);
    this.publish();
    this.pump();
  }

  // --- Sending --------------------------------------------------------------------------------

  /** One tab holds the lock for as long as it lives; the next one then reads what it left. */
  private async becomeSender(locks: OutboxParts["locks"]): Promise<void> {
    await this.ready;
    if (!locks) {
      // Without locks (plain http) each tab sends: the keys make a second arrival harmless.
      this.isSender = true;
      this.pump();
      return;
    }
    await locks.request(LOCK, async () => {
      await this.load();
      this.isSender = true;
      this.pump();
      await new Promise(() => {});
    });
  }

  private next(): Entry | undefined {
    const waiting = this.list().filter(
      (entry) => entry.state === "waiting" && entry.user === this.user,
    );
    const dueIn = (entry: Entry) => (entry.notBefore ?? 0) - Date.now();
    const due = waiting.find((entry) => dueIn(entry) <= 0);
    clearTimeout(this.wake);
    if (!due && waiting.length > 0) {
      this.wake = setTimeout(() => this.pump(), Math.min(...waiting.map(dueIn)));
    }
    return due;
  }

  private pump(): void {
    const idle = this.inFlight === null && this.timer === undefined;
    const entry = this.isSender && idle && this.user !== null ? this.next() : undefined;
    if (!entry) return;
    if (entry.after !== undefined && !this.entries.has(entry.after)) {
      this.park(entry, ORPHAN);
      this.pump();
      return;
    }
    this.inFlight = entry.key;
    this.publish();
    void this.post(entry).then((reply) => this.settle(entry, reply));
  }

  private settle(entry: Entry, reply: EntryReply): void {
    this.inFlight = null;
    const verdict = judge(entry, reply);
    if (verdict === "keep") {
      this.keep(entry, reply);
      return;
    }
    this.failures = 0;
    this.trouble = null;
    if (verdict === "done") this.finish(entry.key, reply.body);
    else this.park(entry, errorOf(reply));
    this.publish();
    this.pump();
  }

  private keep(entry: Entry, reply: EntryReply): void {
    this.failures += 1;
    this.trouble = troubleOf(reply.status);
    const still = this.entries.get(entry.key);
    if (still) this.put({ ...still, attempts: still.attempts + 1, error: errorOf(reply) });
    const delay = backOff(this.failures, reply.retryAfter, this.random);
    this.timer = setTimeout(() => this.resume(), delay);
    this.publish();
  }

  private finish(key: string, body: unknown): void {
    this.arrived(key, body);
    for (const entry of this.list().filter((one) => one.after === key)) {
      this.put(this.resolved(entry));
    }
    this.remove(key);
    this.channel?.postMessage({ type: "sent", key, body } satisfies Message);
  }

  private arrived(key: string, body: unknown): void {
    const made = madeBy(body);
    if (made) this.made.set(key, made);
    for (const listener of this.listeners) listener(key, body);
  }

  private park(entry: Entry, error: EntryError): void {
    const attempts = entry.attempts + 1;
    this.put({ ...entry, state: "rejected", attempts, error });
    for (const dependent of this.list().filter((one) => one.after === entry.key)) {
      this.park(dependent, error);
    }
  }

  private publish(): void {
    const all = this.list();
    const own = all.filter((entry) => entry.user === this.user);
    this.status.setState({
      waiting: own
        .filter((entry) => entry.state === "waiting")
        .reduce((sum, { note }) => sum + (note.votes ?? 1), 0),
      rejected: own.filter((entry) => entry.state === "rejected"),
      trouble: this.trouble,
      ofOthers: all.length - own.length,
    });
  }
}

const ORPHAN: EntryError = {
  status: 0,
  code: "lost_original",
  detail: "The answer that this one changes was never stored.",
};

function errorOf({ status, body }: EntryReply): EntryError {
  const known = (body ?? {}) as { code?: unknown; detail?: unknown };
  return {
    status,
    code: typeof known.code === "string" ? known.code : `http_${status}`,
    detail: typeof known.detail === "string" ? known.detail : "",
  };
}

function troubleOf(status: number): OutboxStatus["trouble"] {
  if (status === 0) return "offline";
  return status === 401 ? "signIn" : "server";
}

/** The outbox of this tab. */
export const outbox = new Outbox({
  locks: navigator.locks,
  channel: typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel(LOCK),
  status: outboxStatus,
});

/** Tells the outbox of the line coming back, and the user of answers that are still here. */
export function watchWindow(): () => void {
  const online = () => outbox.resume();
  const leaving = (event: BeforeUnloadEvent) => {
    if (outboxStatus.getState().waiting > 0) event.preventDefault();
  };
  window.addEventListener("online", online);
  window.addEventListener("beforeunload", leaving);
  const stopHolding = watchLeaving();
  return () => {
    stopHolding();
    window.removeEventListener("online", online);
    window.removeEventListener("beforeunload", leaving);
  };
}
