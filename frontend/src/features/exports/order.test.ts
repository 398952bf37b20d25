import { expect, test } from "vitest";
import { cellOf, chosenBy, columnsOf, inFormat, PLAIN_ORDER, requestOf } from "./order";

test("only what was chosen is asked for", () => {
  expect(requestOf(PLAIN_ORDER)).toEqual({ format: "jsonl", content: "consensus" });
  expect(requestOf({ ...PLAIN_ORDER, status: "all", min_confidence: "0.9" })).toEqual({
    format: "jsonl",
    content: "consensus",
    status: "all",
    min_confidence: 0.9,
  });
});

test("columns without a value in any row are left out of the preview", () => {
  const rows = [
    { task: 1, label: "7", group: null },
    { task: 2, label: null, group: null },
  ];
  expect(columnsOf(rows as never)).toEqual(["task", "label"]);
});

test("values are shown as the file has them", () => {
  expect([cellOf("7"), cellOf(0.5), cellOf({ choice: "7" }), cellOf(false), cellOf(null)]).toEqual([
    "7",
    "0.5",
    '{"choice":"7"}',
    "false",
    "",
  ]);
});

test("what a format cannot say is given up when it is chosen", () => {
  const coco = { name: "coco", contents: ["consensus", "votes"], pictures: "wanted" } as const;
  const csv = { name: "csv", contents: ["consensus", "votes", "both"], pictures: "never" } as const;
  const order = { ...PLAIN_ORDER, content: "both", pictures: true } as const;
  expect(inFormat(order, { ...coco, contents: [...coco.contents] })).toMatchObject({
    format: "coco",
    content: "consensus",
    pictures: true,
  });
  expect(inFormat(order, { ...csv, contents: [...csv.contents] })).toMatchObject({
    format: "csv",
    content: "both",
    pictures: false,
  });
});

test("a release is asked for whole: filters that were chosen before are not sent", () => {
  const order = {
    ...PLAIN_ORDER,
    release: "7",
    label: "cat",
    status: "all",
    pictures: true,
  } as const;
  expect(requestOf(order)).toEqual({
    format: "jsonl",
    content: "consensus",
    pictures: true,
    release: 7,
  });
});

test("second answers are asked for among rows of votes alone", () => {
  const asked = { ...PLAIN_ORDER, content: "votes", repeats: true } as const;
  expect(requestOf(asked)).toEqual({ format: "jsonl", content: "votes", repeats: true });
  expect(requestOf({ ...asked, content: "consensus" })).not.toHaveProperty("repeats");
  expect(requestOf({ ...asked, format: "label_studio" })).not.toHaveProperty("repeats");
  expect(requestOf({ ...asked, release: "7" })).not.toHaveProperty("repeats");
});

test("what the items page shows is what is asked for, items of any status too", () => {
  const order = chosenBy(PLAIN_ORDER, { split: "", min_votes: "2", flagged: "false", text: "7" });
  expect(requestOf(order)).toEqual({
    format: "jsonl",
    content: "consensus",
    status: "all",
    split: "",
    min_votes: 2,
    flagged: false,
    text: "7",
  });
  expect(chosenBy(order, { status: "open", label: "7", ordering: "-file", x: "y" })).toMatchObject({
    status: "open",
    label: "7",
    where: {},
  });
});

test("pictures are blurred only where they are sent", () => {
  const coco = { name: "coco", contents: ["consensus"], pictures: "wanted" } as const;
  const csv = { name: "csv", contents: ["consensus"], pictures: "never" } as const;
  const order = {
    ...PLAIN_ORDER,
    pictures: true,
    blur: "regions",
    blur_label: "face",
  } as const;
  const kept = inFormat(order, { ...coco, contents: [...coco.contents] });
  expect(requestOf(kept)).toMatchObject({ pictures: true, blur: "regions", blur_label: "face" });
  const lost = inFormat(order, { ...csv, contents: [...csv.contents] });
  expect(requestOf(lost)).toEqual({ format: "csv", content: "consensus" });
});
