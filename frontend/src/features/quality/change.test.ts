import { expect, test } from "vitest";
import { differences } from "./diff";
import { messages } from "./messages";
import { drawnOf } from "./shapes";

const whole = (pieces: { text: string }[]) => pieces.map(({ text }) => text).join("");
const other = (pieces: { text: string; same: boolean }[]) =>
  pieces.filter(({ same }) => !same).map(({ text }) => text);

test("only the characters that differ are marked", () => {
  const [before, after] = differences("ab?def ghi", "abcdef gxi!");
  expect([other(before), other(after)]).toEqual([
    ["?", "h"],
    ["c", "x", "!"],
  ]);
  expect([whole(before), whole(after)]).toEqual(["ab?def ghi", "abcdef gxi!"]);
});

test("equal, empty and very long texts come out whole", () => {
  expect(differences("same", "same")[0]).toEqual([{ text: "same", same: true }]);
  expect(differences("", "new")).toEqual([[], [{ text: "new", same: false }]]);
  const [before, after] = differences(`x${"a".repeat(500)}y`, `x${"b".repeat(500)}y`);
  expect(other(after)).toEqual(["b".repeat(500)]);
  expect(whole(before)).toHaveLength(502);
});

test("characters outside the first plane stay in one piece", () => {
  expect(other(differences("a𝔅c", "a𝔇c")[1])).toEqual(["𝔇"]);
});

test("boxes, outlines and bones become paths in the picture's own pixels", () => {
  const boxes = { boxes: [{ x: 1, y: 2, width: 3, height: 4 }] };
  expect(drawnOf(boxes as never, {}).path).toBe("M1 2L4 2L4 6L1 6Z");
  const polygons = {
    polygons: [
      {
        points: [
          [0, 0],
          [5, 0],
          [0, 5],
        ],
      },
    ],
  };
  expect(drawnOf(polygons as never, {}).path).toBe("M0 0L5 0L0 5Z");
  const points = { left: [1, 1, 2], right: [9, 1, 1], nose: [0, 0, 0] };
  const schema = {
    bones: [
      ["left", "right"],
      ["left", "nose"],
    ],
  };
  const drawn = drawnOf({ instances: [{ points }] } as never, schema as never);
  expect(drawn).toEqual({
    path: "M1 1L9 1",
    dots: [
      [1, 1],
      [9, 1],
    ],
  });
  expect(drawnOf(null, {})).toEqual({ path: "", dots: [] });
});

test("putting a run in force says how many labels change, also for one", () => {
  expect(messages.english.promoteText(1)).toContain("1 label changes.");
  expect(messages.english.promoteText(1200)).toContain("1,200 labels change.");
});
