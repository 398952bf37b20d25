import { expect, test } from "vitest";
import type { TaskWithVotes } from "@/api/types";
import { hasEvidence, leadingOf, opinionsOn } from "./opinions";

const document = {
  labels: [{ name: "4" }, { name: "7" }, { name: "9" }, { name: "x", retired: true }],
};

function task(part: Partial<TaskWithVotes>): TaskWithVotes {
  return { votes_cast: [], consensus: null, score: null, ...part } as unknown as TaskWithVotes;
}

const vote = (choice: string) => ({ answer: { choice } }) as never;

test("the answer that consensus holds likeliest leads, even against more votes", () => {
  const opinions = opinionsOn(
    task({
      votes_cast: [vote("9"), vote("9"), vote("4")],
      consensus: { distribution: { "4": 0.86, "9": 0.14 } } as never,
    }),
    document,
  );
  expect(opinions.map(({ name, votes }) => [name, votes.length])).toEqual([
    ["4", 1],
    ["9", 2],
    ["7", 0],
  ]);
  expect(leadingOf(opinions)?.name).toBe("4");
});

test("a label is evident by a vote, by the model or by the consensus, else it stands back", () => {
  const opinions = opinionsOn(
    task({ votes_cast: [vote("4")], score: { predicted: "9", probability: 0.6 } as never }),
    document,
  );
  expect(opinions.filter(hasEvidence).map(({ name }) => name)).toEqual(["4", "9"]);
});

test("without any evidence nothing leads, so Enter accepts nothing", () => {
  expect(leadingOf(opinionsOn(task({}), document))).toBeUndefined();
});

test("retired labels cannot be decided for", () => {
  const names = opinionsOn(task({ votes_cast: [vote("x")] }), document).map(({ name }) => name);
  expect(names).not.toContain("x");
});
