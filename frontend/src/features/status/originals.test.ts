import { expect, test } from "vitest";
import { queryOf } from "./originals";

test("a day is meant from its first hour to its last", () => {
  const { since, until } = queryOf({
    username: "",
    item: "",
    since: "2026-03-01",
    until: "2026-03-01",
  });
  expect(since).toBe(new Date("2026-03-01T00:00:00").toISOString());
  expect(until).toBe(new Date("2026-03-02T00:00:00").toISOString());
});

test("only what was given is asked for", () => {
  expect(queryOf({ username: "ann", item: "12", since: "", until: "" })).toEqual({
    username: "ann",
    item: 12,
  });
});
