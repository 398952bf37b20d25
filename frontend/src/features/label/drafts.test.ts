import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "@/test/fakeServer";
import { DraftSender } from "./draftSender";
import type { Offered } from "./requests";
import { isNewer } from "./useDraft";

const PATH = "/api/v1/leases/1.1/draft/";
const begun = { name: "answer-1-1", lease: "1.1", answer: { text: "a" }, tookProposal: false };

let server: FakeServer;
let kept: [string, string][];
let sender: DraftSender;

beforeEach(() => {
  vi.useFakeTimers();
  kept = [];
  server = new FakeServer()
    .install()
    .on("PUT", "/api/v1/leases/:id/draft/", () => ({ body: { saved_at: "then" } }))
    .on("DELETE", "/api/v1/leases/:id/draft/", () => ({ status: 204 }));
  sender = new DraftSender((name, savedAt) => kept.push([name, savedAt]));
});

afterEach(() => vi.useRealTimers());

test("the last of many changes is sent, once the labeler pauses", async () => {
  for (const text of ["a", "ab", "abc"]) sender.note({ ...begun, answer: { text } });
  expect(server.received).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.of("PUT", PATH).map((one) => one.body)).toEqual([
    { answer: { text: "abc" }, took_proposal: false },
  ]);
  expect(kept).toEqual([["answer-1-1", "then"]]);
});

test("what is begun on the item before is sent when another one is begun", async () => {
  sender.note(begun);
  sender.note({ ...begun, lease: "2.1" });
  await vi.advanceTimersByTimeAsync(5000);
  expect(server.received.map((one) => one.path)).toEqual([PATH, "/api/v1/leases/2.1/draft/"]);
});

test("nothing is sent of what was answered meanwhile", async () => {
  sender.note(begun);
  sender.forget("1.1");
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.received).toHaveLength(0);
});

test("what is taken back is taken back on the server", async () => {
  sender.note({ ...begun, answer: null });
  await vi.advanceTimersByTimeAsync(2000);
  expect(server.of("DELETE", PATH)).toHaveLength(1);
});

test.each([[503], [429], [401]])("it is sent again after a %d", async (status) => {
  server.on("PUT", "/api/v1/leases/:id/draft/", () =>
    server.received.length < 2 ? { status } : { body: { saved_at: "then" } },
  );
  sender.note(begun);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.of("PUT", PATH)).toHaveLength(2);
});

test.each([[409], [404], [413]])("it stays in this browser after a %d", async (status) => {
  server.on("PUT", "/api/v1/leases/:id/draft/", () => ({ status }));
  sender.note(begun);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.of("PUT", PATH)).toHaveLength(1);
});

test("what is larger than the server takes is not sent", async () => {
  sender.note({ ...begun, answer: { text: "x".repeat(200_001) } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.received).toHaveLength(0);
});

const offer = {
  draft: { answer: { text: "there" }, took_proposal: false, saved_at: "then" },
  begunAt: 1000,
} as unknown as Offered;

test.each([
  ["nothing is begun in this one", undefined, true],
  ["this one's was changed before", { value: {}, at: 900 }, true],
  ["this one's was changed after", { value: {}, at: 1100 }, false],
  ["it came from this one", { value: {}, at: 900, sent: "then" }, false],
  ["another one went on with what came from here", { value: {}, at: 900, sent: "before" }, true],
])("another browser's draft where %s", (_, own, taken) => {
  expect(isNewer(offer, own)).toBe(taken);
  expect(isNewer({ ...offer, draft: null } as Offered, own)).toBe(false);
});
