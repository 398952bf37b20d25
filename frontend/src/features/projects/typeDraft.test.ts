import { expect, test } from "vitest";
import { newAttribute } from "./attributeDraft";
import { messages } from "./messages";
import { newPoint, paired, pairedByName, pointProblems, renamed } from "./pointDraft";
import { problemsOf } from "./schemaDraft";
import { mirrorOf68, TEMPLATES } from "./templates";
import {
  asType,
  documentOfDraft,
  draftOfSchema,
  emptyDraft,
  fieldProblems,
  isSound,
  paletteOf,
} from "./typeDraft";

test.each(TEMPLATES.map((one) => [one.key, one] as const))(
  "the template %s is a schema without a problem, and comes back as it was",
  (_, template) => {
    const document = template.document(messages.english);
    const draft = draftOfSchema(template.type, document, false);
    expect(isSound(draft)).toBe(true);
    const again = documentOfDraft(draft);
    expect(documentOfDraft(draftOfSchema(template.type, again, false))).toEqual(again);
    expect(again).toMatchObject(document);
  },
);

test("what the form does not know of a schema goes back as it came", () => {
  const document = { labels: [{ name: "a" }], newer: { deep: true } };
  expect(documentOfDraft(draftOfSchema("polygons", document))).toEqual(document);
});

test("another kind keeps the labels that were named, but a pair has its own", () => {
  const draft = draftOfSchema("choice", { labels: [{ name: "a" }, { name: "b" }] }, false);
  expect(asType(draft, "boxes").labels.map(({ name }) => name)).toEqual(["a", "b"]);
  const pair = asType(draft, "pair");
  expect(pair.labels.map(({ name }) => name)).toEqual(["same", "different", "cannot_tell"]);
  expect(asType(pair, "choice").labels.map(({ name }) => name)).toEqual(["", ""]);
});

test("more labels than an answer can have cannot be asked for", () => {
  const draft = draftOfSchema("multi_label", { labels: [{ name: "a" }], at_least: 2 }, false);
  expect(fieldProblems(draft)).toEqual({ at_least: "order" });
  expect(fieldProblems({ ...draft, at_least: "some" })).toEqual({ at_least: "whole" });
});

test("keys of the drawing tools are no label's", () => {
  const draft = draftOfSchema("boxes", { labels: [{ name: "a", hotkey: "B" }] }, false);
  expect([...problemsOf(draft.labels, "boxes").values()]).toEqual(["hotkeyReserved"]);
  expect([...problemsOf(draft.labels, "choice").values()]).toEqual([]);
});

test("characters stand apart by spaces, each once, longer ones together", () => {
  expect(paletteOf(" ſ  æ ſ č̓ ")).toEqual(["ſ", "æ", "č̓"]);
});

test("a choice of an attribute needs two options", () => {
  const draft = emptyDraft("boxes");
  draft.labels = draftOfSchema("boxes", { labels: [{ name: "a" }] }, false).labels;
  const pose = { ...newAttribute(), name: "pose", kind: "choice" as const, options: "left" };
  expect(isSound({ ...draft, attributes: [pose] })).toBe(false);
  const two = { ...draft, attributes: [{ ...pose, options: "left\nright" }] };
  expect(documentOfDraft(two).attributes).toEqual([
    { name: "pose", kind: "choice", options: ["left", "right"] },
  ]);
});

const points = (...names: string[]) => names.map(newPoint);

test("mirror images name each other, and a former partner is let go", () => {
  const [left, right, third] = points("left", "right", "third");
  const list = [left, right, third].filter((one) => one !== undefined);
  const first = paired(list, left?.id ?? 0, "right");
  expect(first.map(({ mirror }) => mirror)).toEqual(["right", "left", ""]);
  const second = paired(first, third?.id ?? 0, "right");
  expect(second.map(({ mirror }) => mirror)).toEqual(["", "third", "right"]);
  expect(pointProblems(second).size).toBe(0);
});

test("left and right are paired by their names", () => {
  const list = pairedByName(points("left_eye", "nose", "right_eye"));
  expect(list.map(({ mirror }) => mirror)).toEqual(["right_eye", "", "left_eye"]);
});

test("a renamed point keeps its partner and its lines", () => {
  const list = pairedByName(points("left_eye", "right_eye"));
  const made = renamed(list, [["left_eye", "right_eye"]], list[0]?.id ?? 0, "left eye");
  expect(made.points[1]?.mirror).toBe("left eye");
  expect(made.bones).toEqual([["left eye", "right_eye"]]);
});

test("turned over twice, each of the 68 points is where it was", () => {
  const mirror = mirrorOf68();
  expect(mirror.map((other) => mirror[other])).toEqual(mirror.map((_, at) => at));
  expect([mirror[36], mirror[8], mirror[27]]).toEqual([45, 8, 27]);
});
