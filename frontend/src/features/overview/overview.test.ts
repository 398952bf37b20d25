import { expect, test } from "vitest";
import { countsOf } from "./DistributionSection";
import { scaleStart } from "./LabelersSection";

const labels = (...names: string[]) => ({ labels: names.map((name) => ({ name })) });

test("labels nobody settled on are shown as zero, in the order of the schema", () => {
  expect(countsOf(labels("a", "b", "c"), [{ label: "c", count: 4 }])).toEqual([
    { label: "a", count: 0 },
    { label: "b", count: 0 },
    { label: "c", count: 4 },
  ]);
});

test("a label that the schema no longer has is still counted", () => {
  expect(countsOf(labels("a"), [{ label: "old", count: 1 }])).toContainEqual({
    label: "old",
    count: 1,
  });
});

test("a retired label is only shown where it was settled on", () => {
  const document = { labels: [{ name: "a", retired: true }, { name: "b" }] };
  expect(countsOf(document, []).map(({ label }) => label)).toEqual(["b"]);
});

test("the scale of skills begins at a tenth below the weakest labeler", () => {
  expect(
    scaleStart([
      { skill: 0.9, skill_low: 0.87 },
      { skill: 0.66, skill_low: 0.59 },
    ]),
  ).toBe(0.5);
  expect(scaleStart([{ skill: null, skill_low: null }])).toBe(0.9);
});
