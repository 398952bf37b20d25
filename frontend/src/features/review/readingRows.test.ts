import { expect, test } from "vitest";
import type { TaskWithVotes } from "@/api/types";
import { readingRows } from "./readingRows";

const segments = [
  { text: "Sm", readings: [], agreed: true },
  { text: "i", readings: ["i", "y"], agreed: false },
  { text: "th", readings: [], agreed: true },
  { text: "", readings: ["", "e"], agreed: false },
];
const task = (text: string | null) =>
  ({
    alignment: { votes: [7, 9], segments },
    consensus: text === null ? null : { answer: { text } },
    votes_cast: [
      { id: 9, labeler_name: "Noor" },
      { id: 7, labeler_name: "Lena" },
    ],
  }) as unknown as TaskWithVotes;

test("each reading is a row under the merged text, with what differs marked in its place", () => {
  const rows = readingRows(task("Smith"));
  expect(rows.map(({ name, text }) => [name, text])).toEqual([
    [null, "Smith"],
    ["Lena", "Smith"],
    ["Noor", "Smythe"],
  ]);
  const disputed = rows.map(({ cells }) => cells.filter((cell) => cell.disputed));
  expect(disputed.map((cells) => cells.map(({ text, other }) => [text, other]))).toEqual([
    [
      ["i", false],
      ["", false],
    ],
    [
      ["i", false],
      ["", false],
    ],
    [
      ["y", true],
      ["e", true],
    ],
  ]);
});

test("without a merged text there are the readings alone, and without readings nothing", () => {
  expect(readingRows(task(null)).map(({ name }) => name)).toEqual(["Lena", "Noor"]);
  expect(readingRows({ alignment: null } as TaskWithVotes)).toEqual([]);
});
