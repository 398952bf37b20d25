import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { outbox } from "@/outbox/outbox";
import { FakeServer } from "@/test/fakeServer";
import { UNDO_MS, usePending } from "./pending";
import { tasksOnTheWay } from "./requests";

const CONFIRM = "/api/v1/projects/4/grid/confirm/";
const tasks = Array.from({ length: 201 }, (_, at) => at + 1);
const order = (key: string) => ({ project: 4, key, label: "7", tasks });
let server: FakeServer;
let online = true;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  online = true;
  server = new FakeServer()
    .on("POST", CONFIRM, ({ body }) => {
      const kept = (body as { tasks: number[] }).tasks.length;
      return online ? { body: { kept, repeated: 0, left: [] } } : { status: 503 };
    })
    .install();
  outbox.setUser(7);
});

afterEach(() => {
  for (const { key } of outbox.list()) outbox.discard(key);
  outbox.setUser(null);
  vi.useRealTimers();
});

async function pass(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
  for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
}

const sent = () => server.of("POST", CONFIRM).map(({ body }) => (body as { key: string }).key);

test("a confirmation can be taken back until it is due, and nothing of it is sent then", async () => {
  const { result } = renderHook(() => usePending(() => {}));
  act(() => result.current.add(order("a"), "7"));
  await pass(UNDO_MS - 1000);
  expect(outbox.status.getState().waiting).toBe(201);
  act(() => expect(result.current.undo()?.key).toBe("a"));
  expect(result.current.order).toBeNull();
  await pass(2 * UNDO_MS);
  expect(sent()).toEqual([]);
  expect(outbox.list()).toEqual([]);
});

test("when it is due it is sent in parts, each told of, and cannot be taken back", async () => {
  const told = vi.fn();
  const { result } = renderHook(() => usePending(told));
  act(() => result.current.add(order("b"), "7"));
  await pass(UNDO_MS + 1000);
  expect(sent()).toEqual(["b/0", "b/1"]);
  expect(told.mock.calls.map(([answer]) => answer.kept)).toEqual([200, 1]);
  act(() => expect(result.current.undo()).toBeNull());
});

test("without a line neither the next confirmation nor leaving the screen loses it", async () => {
  online = false;
  const { result, unmount } = renderHook(() => usePending(() => {}));
  act(() => result.current.add(order("c"), "7"));
  await pass(UNDO_MS + 1000);
  act(() => result.current.add({ ...order("d"), tasks: [300] }, "7"));
  unmount();
  await pass(1000);
  expect([...tasksOnTheWay(4)]).toEqual([...tasks, 300]);
  online = true;
  await pass(60_000);
  expect(new Set(sent())).toEqual(new Set(["c/0", "c/1", "d/0"]));
  expect(outbox.list()).toEqual([]);
});

test("leaving the screen sends at once what could still be taken back", async () => {
  const { result, unmount } = renderHook(() => usePending(() => {}));
  act(() => result.current.add({ ...order("e"), tasks: [1] }, "7"));
  unmount();
  await pass(10);
  expect(sent()).toEqual(["e/0"]);
});
