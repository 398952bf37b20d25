import { expect, test } from "vitest";
import { PLAIN, requestOf, sharesFit } from "./wanted";

test("shares in percent are sent as shares, empty ones not at all", () => {
  const wanted = {
    ...PLAIN,
    name: " letters ",
    shares: { train: "70", validation: "", test: "30" },
  };
  expect(sharesFit(wanted)).toBe(true);
  expect(requestOf(wanted)).toMatchObject({ name: "letters", shares: { train: 0.7, test: 0.3 } });
  expect(requestOf(wanted)).not.toHaveProperty("filters");
});

test("shares that are not 100 % together do not fit, but only where any are drawn", () => {
  const short = { ...PLAIN, shares: { train: "70", validation: "", test: "" } };
  expect(sharesFit(short)).toBe(false);
  expect(sharesFit({ ...PLAIN, shares: { train: "x", validation: "", test: "" } })).toBe(false);
  expect(sharesFit({ ...short, split_by: "given" })).toBe(true);
  expect(requestOf({ ...short, split_by: "none" })).not.toHaveProperty("shares");
});
