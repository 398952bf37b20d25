import { expect, test } from "vitest";
import type { TaskWithVotes } from "@/api/types";
import { again, backward, current, onward, putOff, reviewable, START, withDecision } from "./queue";

const rows = [1, 2, 3].map((id) => ({ id, own_work: id === 2 }) as TaskWithVotes);
const known = new Map(rows.map((task) => [task.id, task]));
const idAt = (way: typeof START, list = rows) => current(way, list, known)?.id;

test("one's own work is never offered", () => {
  expect(reviewable(rows).map(({ id }) => id)).toEqual([1, 3]);
});

test("onward leads to the next one, and behind the last there is none", () => {
  const second = onward(START, 1);
  const third = onward(second, 2);
  expect([idAt(START), idAt(second), idAt(third), idAt(onward(third, 3))]).toEqual([
    1,
    2,
    3,
    undefined,
  ]);
});

test("backward leads to what was shown, and onward from there to where one was", () => {
  const third = onward(onward(START, 1), 2);
  const back = backward(third);
  expect(idAt(back)).toBe(2);
  expect(idAt(onward(back, 2))).toBe(3);
  expect(idAt(backward(backward(backward(third))))).toBe(1);
});

test("new rows in front of the queue do not move the one at hand to the back", () => {
  const second = onward(START, 1);
  const grown = [{ id: 9 } as TaskWithVotes, ...rows];
  expect(idAt(second, grown)).toBe(9);
  expect(idAt(backward(second), grown)).toBe(1);
});

test("a refused decision is taken out again", () => {
  const decided = withDecision(START, 1, "7");
  expect(decided.decided.get(1)).toBe("7");
  expect(withDecision(decided, 1, null).decided.size).toBe(0);
});

test("what was put off comes again when one starts anew, what was decided does not", () => {
  const through = withDecision(onward(onward(onward(START, 1), 2), 3), 2, "7");
  expect(putOff(through)).toBe(2);
  const anew = again(through);
  expect([idAt(anew), idAt(onward(anew, 1)), putOff(anew)]).toEqual([1, 3, 0]);
});

test("one can go back to a decided task, though it has left the list", () => {
  const second = onward(START, 1);
  const without = rows.filter(({ id }) => id !== 1);
  expect(idAt(second, without)).toBe(2);
  expect(idAt(backward(second), without)).toBe(1);
});
