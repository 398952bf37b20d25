import { expect, test } from "vitest";
import {
  documentOf,
  draftOf,
  enoughLabels,
  keysOfRows,
  movedRow,
  namesIn,
  newLabel,
  problemsOf,
  withNames,
} from "./schemaDraft";

const rows = (...names: string[]) => names.map((name) => newLabel(name));
const found = (list: ReturnType<typeof rows>) => [...problemsOf(list).values()];

test("a pasted column, or a line with commas, becomes labels", () => {
  expect(namesIn("cat\r\ndog\n\n owl ")).toEqual(["cat", "dog", "owl"]);
  expect(namesIn("cat, dog;owl\tfox")).toEqual(["cat", "dog", "owl", "fox"]);
  expect(namesIn("Smith, John\nDoe, Jane")).toEqual(["Smith, John", "Doe, Jane"]);
});

test("added names skip what is there and take the place of empty rows", () => {
  expect(withNames(rows("a", ""), ["a", "b", "b"]).map((row) => row.name)).toEqual(["a", "b"]);
});

test("digits follow the place among labels in use, and end after twenty", () => {
  const many = rows(...Array.from({ length: 22 }, (_, at) => `l${at}`));
  const [first] = many;
  if (first) first.retired = true;
  const keys = keysOfRows(many);
  expect(keys.slice(0, 3)).toEqual([null, "1", "2"]);
  expect(keys.slice(10, 12)).toEqual(["0", "Shift+1"]);
  expect(keys[21]).toBeNull();
});

test("a name used twice and a key used twice are found at the row", () => {
  expect(found(rows("a", "a"))).toEqual(["twice"]);
  const clash = rows("a", "b");
  for (const row of clash) row.hotkey = "Q";
  expect(found(clash)).toEqual(["hotkeyTwice", "hotkeyTwice"]);
});

test("a key of the label screen cannot be an answer's", () => {
  const list = rows("skip this", "b");
  Object.assign(list[0] ?? {}, { hotkey: "s" });
  expect(found(list)).toEqual(["hotkeyReserved"]);
});

test("a row that was never filled in is neither a problem nor sent", () => {
  const list = rows("a", "b", "");
  expect(found(list)).toEqual([]);
  expect(documentOf(list)).toEqual({ labels: [{ name: "a" }, { name: "b" }] });
});

test("a schema goes through the editor and comes back as it was", () => {
  const document = {
    labels: [
      { name: "a", title: "Alpha", color: "#0072b2", hotkey: "Q" },
      { name: "b", retired: true },
    ],
  };
  expect(documentOf(draftOf(document))).toEqual(document);
});

test("two labels in use are needed, retired ones do not count", () => {
  const list = rows("a", "b");
  expect(enoughLabels(list)).toBe(true);
  Object.assign(list[1] ?? {}, { retired: true });
  expect(enoughLabels(list)).toBe(false);
});

test("a label moves to its new place, and stays put at the ends", () => {
  const list = rows("a", "b", "c");
  expect(movedRow(list, 2, 0).map((row) => row.name)).toEqual(["c", "a", "b"]);
  expect(movedRow(list, 0, -1).map((row) => row.name)).toEqual(["a", "b", "c"]);
});
