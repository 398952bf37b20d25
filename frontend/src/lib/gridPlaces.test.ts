import { expect, test } from "vitest";
import { columnsFor, edgeFor, placeAfter } from "./gridPlaces";

test("as many columns as fit with their gaps, and never none", () => {
  expect([columnsFor(1000, 96, 8), columnsFor(96, 96, 8), columnsFor(50, 96, 8)]).toEqual([
    9, 1, 1,
  ]);
});

test("the columns and their gaps fill the width", () => {
  expect(edgeFor(1000, 9, 8)).toBe(104);
});

// Eleven pictures in rows of four: the last row has three.
test.each([
  ["ArrowRight", 3, 4],
  ["ArrowRight", 10, 10],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 2, 6],
  ["ArrowDown", 7, 10],
  ["ArrowDown", 9, 9],
  ["ArrowUp", 5, 1],
  ["ArrowUp", 2, 2],
  ["Home", 7, 0],
  ["End", 0, 10],
])("%s from %i leads to %i", (key, from, to) => {
  expect(placeAfter(key, from, 11, 4)).toBe(to);
});

test("other keys do not move", () => {
  expect(placeAfter("Enter", 3, 11, 4)).toBeNull();
});
