import { expect, test } from "vitest";
import { cellOf, columnsOf, inFormat, PLAIN_ORDER, requestOf } from "./order";

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
