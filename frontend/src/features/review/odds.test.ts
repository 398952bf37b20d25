import { expect, test } from "vitest";
import { factorOf, lengthOf, oddsOf } from "./odds";

test("parts of the odds multiply or divide, and the whole is a ratio", () => {
  expect([factorOf(Math.log(3.4)), factorOf(-Math.log(2)), factorOf(0)]).toEqual([
    "×3.4",
    "÷2",
    "×1",
  ]);
  expect([oddsOf(Math.log(34)), oddsOf(-Math.log(2))]).toEqual(["34 : 1", "1 : 2"]);
});

test("the largest part fills its half of the bar", () => {
  expect([1, -2, 0].map((part) => lengthOf(part, [1, -2, 0]))).toEqual([0.5, 1, 0]);
  expect(lengthOf(0, [0])).toBe(0);
});
