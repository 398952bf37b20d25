import { expect, test } from "vitest";
import { DEFAULTS, repeatProblems, ruleProblems, settingsOf } from "./rule";

const problems = (part: Partial<typeof DEFAULTS>) => ruleProblems({ ...DEFAULTS, ...part });

test("the defaults are a rule that the server takes", () => {
  expect(problems({})).toEqual({});
});

test("percents are sent as shares", () => {
  const settings = settingsOf({ ...DEFAULTS, confidence: "97.5", random_share: "0" });
  expect([settings.confidence, settings.random_share]).toEqual([0.975, 0]);
});

test("more votes at least than at most is named at the second figure", () => {
  expect(problems({ min_votes: "4", max_votes: "3" })).toEqual({ max_votes: "order" });
});

test.each([
  ["min_votes", "0"],
  ["min_votes", "1.5"],
  ["max_votes", ""],
])("%s of %j is no number of votes", (field, text) => {
  expect(problems({ [field]: text })).toMatchObject({ [field]: "number" });
});

test("a confidence below one half, and an empty share, are refused", () => {
  expect(problems({ confidence: "49", random_share: "" })).toEqual({
    confidence: "percent",
    random_share: "percent",
  });
});

test("asking again takes at most half of the questions, and a gap of whole numbers", () => {
  const wrong = { repeat_share: "51", repeat_answers: "0", repeat_days: "1.5" };
  expect(repeatProblems({ ...DEFAULTS, ...wrong })).toEqual({
    repeat_share: "half",
    repeat_answers: "gap",
    repeat_days: "gap",
  });
  expect(repeatProblems(DEFAULTS)).toEqual({});
  expect(settingsOf({ ...DEFAULTS, repeat_share: "2.5" }).repeat_share).toBe(0.025);
});
