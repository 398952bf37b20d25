import { expect, test } from "vitest";
import { endsOf, filtersOf, queryOf, rangeOf, sameQuery, tagsIn } from "./filters";

const at = (text: string) => new URLSearchParams(text);

test("what the address says is asked of the server, and nothing else", () => {
  const search = at("status=disputed&label=7&task=12&ordering=-votes&constructor=x&tag=");
  expect(filtersOf(search)).toEqual({ status: "disputed", label: "7" });
  expect(queryOf(search)).toEqual({ status: "disputed", label: "7", ordering: "-votes" });
});

test("an empty part asks for items without one", () => {
  expect(filtersOf(at("split=&group=&text="))).toEqual({ split: "", group: "" });
});

test("a range is known by its two ends", () => {
  expect(rangeOf(at("min_confidence=0.6&max_confidence=0.9"), "confidence")).toBe("middle");
  expect(rangeOf(at("min_confidence=0.3"), "confidence")).toBe("other");
  expect(rangeOf(at(""), "agreement")).toBe("");
  for (const key of ["split", "most", "all"]) {
    const ends = endsOf("agreement", key);
    expect(rangeOf(new URLSearchParams(ends), "agreement")).toBe(key);
  }
  expect(endsOf("confidence", "toString")).toEqual({ min_confidence: "", max_confidence: "" });
});

test("two views are the same whatever the order of their filters", () => {
  expect(sameQuery({ a: "1", b: "" }, { b: "", a: "1" })).toBe(true);
  expect(sameQuery({ a: "1" }, { a: "1", b: "" })).toBe(false);
});

test("tags are taken apart at commas", () => {
  expect(tagsIn(" old, torn ,, old")).toEqual(["old", "torn"]);
});
