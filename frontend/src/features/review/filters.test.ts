import { expect, test } from "vitest";
import { filtersOf } from "./filters";

const of = (text: string) => filtersOf(new URLSearchParams(text));

test("what the address says is asked of the server, and nothing else", () => {
  expect(of("status=disputed&label=7&task=12&ordering=-votes")).toEqual({
    status: "disputed",
    label: "7",
    ordering: "-votes",
  });
});

test("a range of confidence becomes its two ends", () => {
  expect(of("confidence=middle")).toEqual({ min_confidence: 0.6, max_confidence: 0.9 });
  expect(of("confidence=toString")).toEqual({});
});

test("only a set flag filters", () => {
  expect(of("flagged=1")).toEqual({ flagged: true });
  expect(of("flagged=0")).toEqual({});
});
