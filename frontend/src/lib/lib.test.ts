import { expect, test } from "vitest";
import { equalJson } from "./equal";
import { uuid } from "./uuid";

test("a uuid has the form of version 4 and does not repeat", () => {
  const made = new Set(Array.from({ length: 200 }, uuid));
  expect(made.size).toBe(200);
  for (const id of made) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test("documents are equal whatever the order of their keys", () => {
  expect(equalJson({ a: [1, { b: null }], c: "x" }, { c: "x", a: [1, { b: null }] })).toBe(true);
  expect(equalJson({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
  expect(equalJson({ a: undefined }, {})).toBe(false);
  expect(equalJson([], {})).toBe(false);
});
