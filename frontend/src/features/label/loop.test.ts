import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "@/api/errors";
import type { HistoryRow, JsonObject } from "@/api/types";
import { Outbox } from "@/outbox/outbox";
import { AHEAD, LabelLoop } from "./loop";
import type { LoopParts } from "./loopState";
import type { Offered } from "./requests";
import { LEASE_S, offer, START, TaskServer } from "./taskServer";

const PROJECT = 1;
const choice = (label: string): JsonObject => ({ choice: label });
const settled = async () => {
  for (let turn = 0; turn < 30; turn += 1) await new Promise((done) => setImmediate(done));
};

let server: TaskServer;
let outbox: Outbox;
let loop: LabelLoop;
let now = START;

async function begin(part: Partial<LoopParts> = {}, tasks = 1000): Promise<LabelLoop> {
  server = new TaskServer(tasks);
  outbox = new Outbox({ open: async () => null, post: (entry) => server.post(entry) });
  outbox.setUser(1);
  return again(part);
}

async function again(part: Partial<LoopParts> = {}): Promise<LabelLoop> {
  loop = new LabelLoop({
    project: PROJECT,
    outbox,
    lease: (count, resume) => server.lease(count, resume),
    extend: () => server.extend(),
    history: async () => [],
    describe: (answer) => String(answer.choice),
    leaseSeconds: LEASE_S,
    now: () => now,
    ...part,
  });
  await loop.start();
  await settled();
  return loop;
}

const queue = () => loop.getState().queue.map((one) => one.id);

beforeEach(() => {
  now = START;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  loop.stop();
  vi.useRealTimers();
});

test("the item on the screen and five more are leased at the start", async () => {
  await begin();
  expect(queue()).toEqual([1, 2, 3, 4, 5, 6]);
  expect(server.leases).toEqual([{ count: AHEAD + 1, resume: true }]);
});

test("an answer shows the next item at once, and its reply brings one more", async () => {
  await begin();
  loop.submit(choice("7"), 900);
  expect(queue()[0]).toBe(2);
  await settled();
  expect(queue()).toEqual([2, 3, 4, 5, 6, 7]);
  expect(server.leases).toHaveLength(1);
  expect(server.sent[0]?.body).toEqual({
    lease: "1.1",
    answer: choice("7"),
    duration_ms: 900,
    next: 1,
  });
});

test("many quick answers miss no item and send each once, in order", async () => {
  await begin();
  for (let n = 0; n < 40; n += 1) {
    loop.submit(choice(String(n)), 1);
    if (n % 3 === 0) await settled();
  }
  await settled();
  const leases = server.sent.map((entry) => (entry.body as { lease: string }).lease);
  expect(leases).toEqual(Array.from({ length: leases.length }, (_, at) => `${at + 1}.1`));
  expect(loop.getState().answered).toBe(leases.length);
});

test("a skipped item leaves with its reason", async () => {
  await begin();
  loop.skip("Bad image");
  await settled();
  expect(server.sent[0]).toMatchObject({
    path: "/api/v1/leases/1.1/",
    body: { reason: "Bad image" },
  });
  expect(queue()[0]).toBe(2);
});

test("a flag is sent and the item stays", async () => {
  await begin();
  loop.flag("Damaged");
  await settled();
  expect(server.sent[0]).toMatchObject({ path: "/api/v1/tasks/1/flag/" });
  expect([queue()[0], loop.getState().flagged.has(1)]).toEqual([1, true]);
});

test("without a line one goes on answering what is loaded, and all of it arrives later", async () => {
  await begin();
  server.online = false;
  for (let n = 0; n < 6; n += 1) loop.submit(choice("a"), 1);
  await settled();
  expect(loop.getState()).toMatchObject({ phase: "empty", answered: 6 });
  expect(outbox.status.getState()).toMatchObject({ waiting: 6, trouble: "offline" });
  server.online = true;
  outbox.resume();
  await settled();
  expect(server.sent.map((entry) => entry.note.task)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(loop.getState().phase).toBe("working");
});

test("where there is nothing to label the server's reason is kept", async () => {
  await begin({}, 0);
  expect(loop.getState()).toMatchObject({
    phase: "empty",
    message: "12 items are held by others.",
  });
});

test("the previous item opens with its answer, and a new answer is a revision of it", async () => {
  await begin();
  loop.submit(choice("1"), 1);
  await settled();
  expect(loop.previous()).toBe(true);
  expect(loop.shown).toMatchObject({ past: { task: 1, answer: choice("1") } });
  loop.submit(choice("7"), 5);
  await settled();
  expect(server.sent.at(-1)).toMatchObject({
    method: "PATCH",
    path: "/api/v1/annotations/101/",
    ifMatch: '"1"',
    body: { answer: choice("7"), duration_ms: 5 },
  });
  expect([loop.getState().back, queue()[0]]).toEqual([null, 2]);
});

test("the same answer again changes nothing and goes back to the open item", async () => {
  await begin();
  loop.submit(choice("1"), 1);
  await settled();
  loop.previous();
  loop.submit(choice("1"), 5);
  await settled();
  expect(server.sent).toHaveLength(1);
  expect(loop.getState().back).toBeNull();
});

test("an answer that waits behind another is changed before it is sent", async () => {
  await begin();
  server.online = false;
  loop.submit(choice("1"), 1);
  loop.submit(choice("2"), 1);
  await settled();
  loop.previous();
  loop.submit(choice("3"), 1);
  server.online = true;
  outbox.resume();
  await settled();
  expect(server.sent.map((entry) => (entry.body as { answer: JsonObject }).answer)).toEqual([
    choice("1"),
    choice("3"),
  ]);
});

test("a refused answer that is given anew is sent as a first answer with a new key", async () => {
  await begin();
  server.refuse = 409;
  loop.submit(choice("1"), 1);
  await settled();
  server.refuse = null;
  loop.previous();
  loop.submit(choice("2"), 1);
  await settled();
  const [first, second] = server.sent;
  expect(second).toMatchObject({ method: "POST", kind: "submit" });
  expect(second?.key).not.toBe(first?.key);
  expect(outbox.status.getState().rejected).toEqual([]);
});

test("skipped items are passed over on the way back and forward", async () => {
  await begin();
  loop.submit(choice("1"), 1);
  loop.skip("");
  loop.submit(choice("3"), 1);
  loop.previous();
  loop.previous();
  expect(loop.shown).toMatchObject({ past: { task: 1 } });
  expect(loop.previous()).toBe(false);
  loop.next();
  expect(loop.shown).toMatchObject({ past: { task: 3 } });
  loop.next();
  expect(loop.shown).toMatchObject({ offer: { id: 4 } });
});

test("after a reload the last answer of the earlier visit can be opened and revised", async () => {
  const row = { id: 55, task: 900, version: 3, answer: choice("1"), filename: "x.png" };
  await begin({ history: async () => [row as unknown as HistoryRow] });
  loop.previous();
  loop.submit(choice("2"), 1);
  await settled();
  expect(server.sent[0]).toMatchObject({ path: "/api/v1/annotations/55/", ifMatch: '"3"' });
});

test("what is answered but not sent is not shown again after a reload", async () => {
  await begin();
  server.online = false;
  loop.submit(choice("1"), 1);
  await settled();
  loop.stop();
  server.online = true;
  server.given = 0; // Every lease is still held, so all come back.
  await again();
  expect(queue()[0]).toBe(2);
});

test("a reload shows the item again that was on the screen", async () => {
  await begin({ first: 4 });
  expect(queue()).toEqual([4, 1, 2, 3, 5, 6]);
});

test("an item that another tab answers leaves the queue", async () => {
  await begin();
  outbox.add({
    key: "other tab",
    kind: "submit",
    method: "POST",
    path: "/",
    body: { lease: "3.1" },
    note: { project: PROJECT, task: 3, text: "" },
  });
  expect(queue()).not.toContain(3);
});

test("leases are extended while the labeler is there", async () => {
  const extend = vi.fn(async () => 0);
  await begin({ extend });
  await loop.keepLeases();
  expect(extend).not.toHaveBeenCalled();
  now += LEASE_S * 700;
  loop.alive();
  expect(await loop.keepLeases()).toEqual([]);
  expect(extend).toHaveBeenCalledTimes(6);
  await loop.keepLeases();
  expect(extend).toHaveBeenCalledTimes(6);
});

test("nobody there, nothing extended: others may have the items", async () => {
  const extend = vi.fn(async () => 0);
  await begin({ extend });
  now += 11 * 60_000;
  await loop.keepLeases();
  expect(extend).not.toHaveBeenCalled();
});

test("an item that went to somebody else is named and leaves; a lost line costs none", async () => {
  await begin();
  now += LEASE_S * 1000;
  loop.alive();
  server.extendFails = 0;
  expect(await loop.keepLeases()).toEqual([]);
  server.extendFails = 409;
  expect(await loop.keepLeases()).toEqual([1, 2, 3, 4, 5, 6]);
  await settled();
  expect(queue()[0]).toBe(7);
});

test("the same question in a seat of its own is asked again; the same seat is not", async () => {
  await begin({}, 2);
  loop.submit(choice("7"), 900);
  await settled();
  server.give = () => [offer(1), offer(1, "1.2"), offer(1, "90.1")];
  await loop.fill(false);
  expect(loop.getState().queue.map((one) => one.lease.id)).toEqual(["2.1", "90.1"]);
  loop.submit(choice("7"), 900);
  loop.submit(choice("3"), 900);
  await settled();
  const [first, , again] = server.sent;
  expect(again?.body).toMatchObject({ lease: "90.1", answer: choice("3") });
  expect(again?.key).not.toBe(first?.key);
});

test("while an answer is on its way its question is not asked again in any seat", async () => {
  await begin({}, 2);
  server.online = false;
  loop.submit(choice("7"), 900);
  server.online = true;
  server.give = () => [offer(1, "90.1")];
  await loop.fill(false);
  expect(queue()).toEqual([2]);
});

test("work that was taken along is there without a line, and leaves when it is answered", async () => {
  const dropped: number[] = [];
  const kit = {
    read: async () => Array.from({ length: 30 }, (_, at) => offer(at + 1)),
    drop: (task: number) => void dropped.push(task),
  };
  const away = async () => {
    throw new ApiError(0, "unreachable", "gone");
  };
  await begin({ kit, lease: away });
  server.online = false;
  expect(loop.getState().queue).toHaveLength(30);
  for (let at = 0; at < 30; at += 1) loop.submit(choice("1"), 900);
  await settled();
  expect(new Set(dropped)).toEqual(new Set(Array.from({ length: 30 }, (_, at) => at + 1)));
  expect(loop.getState()).toMatchObject({ phase: "empty", answered: 30, queue: [] });
});

test("an offer that is in the queue already gets its new end and is not doubled", async () => {
  await begin();
  const [first] = loop.getState().queue;
  const later = { ...(first as Offered), expiresAt: START + 12 * 3_600_000 };
  const offerOf = { message: null, paused: false, skew: 0, schemaVersion: 1 };
  loop.take({ ...offerOf, tasks: [later] });
  expect(loop.getState().queue).toHaveLength(AHEAD + 1);
  expect(loop.getState().queue[0]?.expiresAt).toBe(later.expiresAt);
});

test("items that are given back may come again", async () => {
  await begin();
  const last = loop.getState().queue.at(-1) as Offered;
  loop.letGo(new Set([last.id]));
  expect(loop.getState().queue.map((one) => one.id)).not.toContain(last.id);
  loop.take({ tasks: [last], message: null, paused: false, skew: 0, schemaVersion: 1 });
  expect(loop.getState().queue.map((one) => one.id)).toContain(last.id);
});

test("an item on which work has begun stays when its lease is lost, until it is left", async () => {
  await begin();
  now += 580_000;
  loop.alive();
  server.extendFails = 409;
  const held = loop.getState().queue[0] as Offered;
  const begun = held.id;
  const gone = await loop.keepLeases(begun);
  expect(gone).not.toContain(begun);
  expect(loop.getState()).toMatchObject({ lost: begun });
  expect(queue()[0]).toBe(begun);
  loop.leaveLost();
  expect(queue()).not.toContain(begun);
  expect(loop.getState().lost).toBeNull();
  // Given back by somebody else, it comes again.
  loop.take({ tasks: [held], message: null, paused: false, skew: 0, schemaVersion: 1 });
  expect(queue()).toContain(begun);
});
