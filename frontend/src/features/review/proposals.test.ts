import { expect, test } from "vitest";
import type { TaskWithVotes } from "@/api/types";
import { proposalsOn, startOf } from "./proposals";

const vote = (id: number, text: string) => ({ id, labeler_name: `L${id}`, answer: { text } });
const consensus = (text: string, adjudicated = false) => ({
  answer: { text },
  confidence: 0.6,
  adjudicated,
});
const task = (part: object) =>
  ({ votes_cast: [], consensus: null, ...part }) as unknown as TaskWithVotes;
const describe = (answer: { text?: unknown }) => ({ text: String(answer.text), index: -1 });
const on = (part: object) => proposalsOn(task(part), describe as never);

test("the merged answer leads with those who gave it, the others follow by their number", () => {
  const votes_cast = [vote(1, "a"), vote(2, "b"), vote(3, "c"), vote(4, "c")];
  const found = on({ votes_cast, consensus: consensus("b") });
  expect(found.map(({ text, votes, merged }) => [text, votes.map(({ id }) => id), merged])).toEqual(
    [
      ["b", [2], true],
      ["c", [3, 4], false],
      ["a", [1], false],
    ],
  );
  expect(found.map(({ decision }) => decision)).toEqual([
    { merge: true },
    { accept: 3 },
    { accept: 1 },
  ]);
});

test("a decision that stands is not offered as merged, but is where an own answer starts", () => {
  const decided = { votes_cast: [vote(1, "a")], consensus: consensus("z", true) };
  expect(on(decided).map(({ text }) => text)).toEqual(["a"]);
  expect(startOf(task(decided), on(decided))).toEqual({ text: "z" });
});

test("without any vote there is nothing to accept, and an own answer starts empty", () => {
  expect(on({})).toEqual([]);
  expect(startOf(task({}), [])).toBeNull();
});
