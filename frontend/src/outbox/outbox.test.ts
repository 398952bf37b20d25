import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PATIENCE_MS } from "@/test/patience";
import { type Database, openDatabase } from "./db";
import { backOff, type Entry, type EntryReply, type NewEntry } from "./entry";
import { Outbox, type OutboxParts } from "./outbox";

const ok = (body: unknown = { id: 1, version: 1 }): EntryReply => ({
  status: 201,
  body,
  retryAfter: null,
});
const fail = (status: number, body: unknown = null, retryAfter: number | null = null) => ({
  status,
  body,
  retryAfter,
});

let db: Database;
let number = 0;

const fresh = (key: string, part: Partial<NewEntry> = {}): NewEntry => ({
  key,
  kind: "submit",
  method: "POST",
  path: "/api/v1/annotations/",
  body: { answer: { choice: key } },
  note: { project: 1, task: 1, text: key },
  ...part,
});

/** A server that answers from a list, then with success, and remembers what it was sent. */
function server(...replies: EntryReply[]) {
  const sent: Entry[] = [];
  const post = async (entry: Entry) => {
    sent.push(entry);
    return replies.shift() ?? ok();
  };
  return { sent, post, keys: () => sent.map((entry) => entry.key) };
}

async function open(parts: OutboxParts, user: number | null = 7): Promise<Outbox> {
  const outbox = new Outbox({ open: async () => db, random: () => 0.5, ...parts });
  outbox.setUser(user);
  await outbox.ready;
  await settled();
  return outbox;
}

/** Lets everything run that waits for no timer. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  number += 1;
  db = (await openDatabase(`outbox-test-${number}`)) as Database;
});

afterEach(() => {
  vi.useRealTimers();
  db.close();
});

test("answers are sent in order, one after the other, and then forgotten", async () => {
  const to = server();
  const outbox = await open(to);
  for (const key of ["a", "b", "c"]) outbox.add(fresh(key));
  expect(outbox.status.getState().waiting).toBe(3);
  await settled();
  expect(to.keys()).toEqual(["a", "b", "c"]);
  expect(outbox.status.getState().waiting).toBe(0);
  expect(await db.count("entries")).toBe(0);
});

test("what was not sent when the browser closed is sent by the next visit, with the same key", async () => {
  const before = await open({ post: () => new Promise(() => {}) });
  before.add(fresh("kept"));
  await settled();
  const to = server();
  await open(to);
  expect(to.sent).toMatchObject([{ key: "kept", body: { answer: { choice: "kept" } } }]);
});

test.each([0, 401, 403, 408, 425, 429, 500, 503])(
  "a reply of %i keeps the answer, and only the timer tries again",
  async (status) => {
    const to = server(fail(status));
    const outbox = await open(to);
    outbox.add(fresh("a"));
    await settled();
    outbox.add(fresh("b"));
    await settled();
    expect(to.keys()).toEqual(["a"]);
    await vi.advanceTimersByTimeAsync(500);
    await settled();
    expect(to.keys()).toEqual(["a", "a", "b"]);
  },
);

test.each([
  [0, "offline"],
  [401, "signIn"],
  [403, "server"],
  [503, "server"],
])("after a %i the status tells of the trouble: %s", async (status, trouble) => {
  const outbox = await open(server(fail(status)));
  outbox.add(fresh("a"));
  await settled();
  expect(outbox.status.getState().trouble).toBe(trouble);
});

test("coming online tries again at once", async () => {
  const to = server(fail(0));
  const outbox = await open(to);
  outbox.add(fresh("a"));
  await settled();
  expect(outbox.status.getState()).toMatchObject({ waiting: 1, trouble: "offline" });
  outbox.resume();
  await settled();
  expect(outbox.status.getState()).toMatchObject({ waiting: 0, trouble: null });
});

test.each([400, 404, 409, 412, 422])(
  "a reply of %i parks the answer, and the others go on",
  async (status) => {
    const to = server(fail(status, { code: "lease_lost", detail: "The lease is gone." }));
    const outbox = await open(to);
    outbox.add(fresh("a"));
    outbox.add(fresh("b"));
    await settled();
    expect(to.keys()).toEqual(["a", "b"]);
    const { rejected, waiting } = outbox.status.getState();
    expect([rejected.map((entry) => entry.key), waiting]).toEqual([["a"], 0]);
    expect(rejected[0]?.error).toMatchObject({ code: "lease_lost", detail: "The lease is gone." });
    expect(await db.count("entries")).toBe(1);
  },
);

test("a parked answer can be sent again or be discarded", async () => {
  const to = server(fail(409), fail(409));
  const outbox = await open(to);
  outbox.add(fresh("a"));
  outbox.add(fresh("b"));
  await settled();
  outbox.retry("a");
  outbox.discard("b");
  await settled();
  expect(to.keys()).toEqual(["a", "b", "a"]);
  expect(await db.count("entries")).toBe(0);
});

test("the wait doubles from half a second to half a minute and heeds the server", () => {
  const middle = () => 0.5;
  expect([1, 2, 3, 8, 50].map((n) => backOff(n, null, middle))).toEqual([
    500, 1000, 2000, 30_000, 30_000,
  ]);
  expect(backOff(1, 12, middle)).toBe(12_000);
  expect([backOff(1, null, () => 0), backOff(1, null, () => 1)]).toEqual([375, 625]);
});

test("a revision of an answer on its way waits for its id and version", async () => {
  const to = server(ok({ id: 41, version: 1 }), ok({ id: 42, version: 2 }));
  const outbox = await open(to);
  outbox.add(fresh("first"));
  outbox.add(
    fresh("second", {
      kind: "revise",
      method: "PATCH",
      path: "/api/v1/annotations/{id}/",
      ifMatch: '"{version}"',
      after: "first",
    }),
  );
  await settled();
  expect(to.sent[1]).toMatchObject({ path: "/api/v1/annotations/41/", ifMatch: '"1"' });
});

test("a revision whose original was refused is parked with it, and comes back with it", async () => {
  const to = server(fail(409), ok({ id: 5, version: 1 }));
  const outbox = await open(to);
  outbox.add(fresh("first"));
  outbox.add(fresh("second", { kind: "revise", path: "/annotations/{id}/", after: "first" }));
  await settled();
  expect(outbox.status.getState().rejected.map((entry) => entry.key)).toEqual(["first", "second"]);
  outbox.retry("first");
  await settled();
  expect(to.sent.at(-1)).toMatchObject({ key: "second", path: "/annotations/5/" });
});

test("a revision that arrived although its reply was lost is not refused", async () => {
  const to = server(
    fail(0),
    fail(412, { current: { id: 9, version: 2, answer: { choice: "a" } } }),
  );
  const outbox = await open(to);
  outbox.add(fresh("a", { kind: "revise", method: "PATCH", ifMatch: '"1"' }));
  await settled();
  outbox.resume();
  await settled();
  expect(outbox.status.getState()).toMatchObject({ waiting: 0, rejected: [] });
});

test("an answer that was not tried yet is changed in place, later it is too late", async () => {
  const to = server(fail(503));
  const outbox = await open(to);
  outbox.add(fresh("a"));
  outbox.add(fresh("b"));
  await settled();
  expect(outbox.amend("a", { answer: { choice: "x" } })).toBe(false);
  expect(outbox.amend("b", { answer: { choice: "y" } })).toBe(true);
  outbox.resume();
  await settled();
  expect(to.sent.at(-1)?.body).toEqual({ answer: { choice: "y" } });
});

test("nobody sends another person's answers", async () => {
  const before = await open({ post: () => new Promise(() => {}) }, 7);
  before.add(fresh("of seven"));
  await settled();
  const to = server();
  const outbox = await open(to, 8);
  expect(to.sent).toEqual([]);
  expect(outbox.status.getState()).toMatchObject({ waiting: 0, ofOthers: 1 });
  outbox.setUser(7);
  await settled();
  expect(to.keys()).toEqual(["of seven"]);
});

test("nothing is called saved before it is known what an earlier visit left", async () => {
  const before = await open({ post: () => new Promise(() => {}) });
  before.add(fresh("kept"));
  await settled();
  const outbox = new Outbox({ open: async () => db, ...server(), locks: noLock });
  expect(outbox.status.getState().known).toBe(false);
  await outbox.ready;
  expect(outbox.status.getState()).toMatchObject({ known: true, waiting: 0, ofOthers: 1 });
  outbox.setUser(7); // in a tab that waits for the lock, so nothing is sent
  expect(outbox.status.getState()).toMatchObject({ waiting: 1, ofOthers: 0 });
});

const noLock = { request: () => new Promise(() => {}) } as unknown as LockManager;

/** One lock as the browser has it: the next in line gets it when the holder's tab is closed. */
function locksOfBrowser() {
  const line: (() => void)[] = [];
  const request = async (_: string, held: () => Promise<unknown>) => {
    await new Promise<void>((go) => {
      line.push(go);
      if (line.length === 1) go();
    });
    return held();
  };
  const closeHolder = () => {
    line.shift();
    line[0]?.();
  };
  return { locks: { request } as unknown as LockManager, closeHolder };
}

test("of several tabs one sends, and the next takes over what it leaves", async () => {
  const { locks, closeHolder } = locksOfBrowser();
  const name = `tabs-${number}`;
  const first = server(fail(503));
  const second = server();
  const a = await open({ ...first, locks, channel: new BroadcastChannel(name) });
  const b = await open({ ...second, locks, channel: new BroadcastChannel(name) });
  b.add(fresh("typed in b"));
  await vi.waitFor(() => expect(first.keys()).toEqual(["typed in b"]), PATIENCE_MS);
  await settled();
  expect(second.sent).toEqual([]);
  a.setUser(null);
  closeHolder();
  await vi.waitFor(() => expect(second.keys()).toEqual(["typed in b"]), PATIENCE_MS);
});

test("a tab hears when another one has sent its answer", async () => {
  const { locks } = locksOfBrowser();
  const name = `hear-${number}`;
  await open({ ...server(ok({ id: 3, version: 1 })), locks, channel: new BroadcastChannel(name) });
  const b = await open({ ...server(), locks, channel: new BroadcastChannel(name) });
  const heard = vi.fn();
  b.onSent(heard);
  b.add(fresh("x"));
  await vi.waitFor(
    () => expect(heard).toHaveBeenCalledWith("x", { id: 3, version: 1 }),
    PATIENCE_MS,
  );
  await vi.waitFor(() => expect(b.status.getState().waiting).toBe(0), PATIENCE_MS);
});

test("without a database answers are sent from memory, and the status says so", async () => {
  const to = server();
  const outbox = await open({ ...to, open: async () => null });
  outbox.add(fresh("a"));
  await settled();
  expect(to.keys()).toEqual(["a"]);
  expect(outbox.status.getState().durable).toBe(false);
});

test("a refusal for good does not hold up the others; a session without its token may come back", async () => {
  const to = server(fail(403, { code: "paused", detail: "Your work here is paused." }));
  const outbox = await open(to);
  outbox.add(fresh("paused"));
  outbox.add(fresh("next"));
  await settled();
  expect(to.keys()).toEqual(["paused", "next"]);
  expect(outbox.status.getState().rejected.map(({ key }) => key)).toEqual(["paused"]);
  const other = await open(server(fail(403, { code: "permission_denied" })));
  other.add(fresh("no token"));
  await settled();
  expect(other.get("no token")?.state).toBe("waiting");
});

test("what was to wait holds nothing up, and is sent by the next visit if the page is closed", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  const to = server();
  const before = await open(to);
  before.add(fresh("later", { notBefore: Date.now() + 5000 }));
  before.add(fresh("now"));
  await settled();
  expect(to.keys()).toEqual(["now"]);
  before.setUser(null); // the page is gone
  const after = server();
  await open(after);
  expect(after.keys()).toEqual([]);
  await vi.advanceTimersByTimeAsync(5000);
  await settled();
  expect(after.keys()).toEqual(["later"]);
});
