import { expect, test } from "vitest";
import { cellOf, columnsOf, PLAIN_ORDER, requestOf } from "./order";

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
