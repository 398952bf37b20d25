import { expect, test } from "vitest";
import { filesIn } from "./dropped";
import { planUpload, planWhole } from "./plan";
import { forecastOf, NOTHING, placeOf, reportAsCsv, withResult, worthReading } from "./report";

function source(path: string, size = 10) {
  const file = new File([], path);
  Object.defineProperty(file, "size", { value: size });
  return { file, path };
}

test("pictures go in batches of at most 500, each archive goes alone", () => {
  const pictures = Array.from({ length: 1200 }, (_, at) => source(`a/${at}.png`));
  const plan = planUpload([source("x.ZIP"), ...pictures]);
  expect(plan.batches.map((batch) => batch.length)).toEqual([1, 500, 500, 200]);
});

test("a batch stays below 64 MB unless one file is larger", () => {
  const plan = planUpload([source("a.png", 40e6), source("b.png", 30e6), source("c.png", 90e6)]);
  expect(plan.batches.map((batch) => batch.length)).toEqual([1, 1, 1]);
});

test("a label table goes with its pictures, and litter is left behind", () => {
  const plan = planUpload([
    source("set/labels.csv"),
    source("set/.DS_Store"),
    source("__MACOSX/set/a.png"),
    source("set/a.png"),
    source("Thumbs.db"),
  ]);
  expect(plan.batches.map((batch) => batch.map(({ path }) => path))).toEqual([
    ["set/labels.csv", "set/a.png"],
  ]);
  expect(plan.ignored).toBe(3);
});

test("where one request cannot take all, label tables wait for the pictures", () => {
  const pictures = Array.from({ length: 9000 }, (_, at) => source(`a/${at}.png`));
  const plan = planUpload([source("a/labels.csv"), ...pictures]);
  expect([plan.batches.length, plan.tables.length]).toEqual([18, 1]);
});

/** An entry as the browser gives it; folders hand out their children two at a time. */
function entry(path: string, children?: unknown[]): FileSystemEntry {
  const rest = [...(children ?? [])];
  return {
    isFile: children === undefined,
    isDirectory: children !== undefined,
    fullPath: path,
    file: (done: (file: File) => void) => done(new File([], path)),
    createReader: () => ({
      readEntries: (done: (some: unknown[]) => void) => done(rest.splice(0, 2)),
    }),
  } as unknown as FileSystemEntry;
}

test("folders are opened at any depth, though the browser gives their files in pieces", async () => {
  const deep = entry("/set/b", [
    entry("/set/b/1.png"),
    entry("/set/b/2.png"),
    entry("/set/b/3.png"),
  ]);
  const found = await filesIn([entry("/set", [entry("/set/a.png"), deep])]);
  expect(found.map(({ path }) => path)).toEqual([
    "set/a.png",
    "set/b/1.png",
    "set/b/2.png",
    "set/b/3.png",
  ]);
});

test("a file that comes without an entry is taken by its name", async () => {
  const found = await filesIn([new File([], "loose.png"), entry("/set", [entry("/set/a.png")])]);
  expect(found.map(({ path }) => path)).toEqual(["loose.png", "set/a.png"]);
});

test("the reports of several jobs add up, and one without a result changes nothing", () => {
  const first = withResult(NOTHING, {
    taken: 3,
    refused: 1,
    files: [{ name: "x", status: "refused", detail: "broken" }],
  });
  const both = withResult(withResult(first, { taken: 2, duplicate: 4 }), null);
  expect([both.taken, both.duplicate, both.refused, both.files.length]).toEqual([5, 4, 1, 1]);
});

test("refused files are read first, plain successes not at all", () => {
  const report = withResult(NOTHING, {
    files: [
      { name: "same", status: "duplicate" },
      { name: "fine", status: "taken" },
      { name: "odd", status: "taken", warnings: ["extension_mismatch"] },
      { name: "bad", status: "refused" },
    ],
  });
  expect(worthReading(report).map(({ name }) => name)).toEqual(["bad", "odd", "same"]);
});

test("a file name cannot smuggle a formula into the report", () => {
  const report = withResult(NOTHING, {
    files: [{ name: '=1+"x"', status: "refused", detail: "no" }],
  });
  expect(reportAsCsv(report).split("\r\n")[1]).toBe('"\'=1+""x""","refused","no"');
});

test("files of labels of any format go with their pictures", () => {
  const plan = planUpload([source("a.png"), source("a.txt"), source("data.yaml"), source("b.xml")]);
  expect(plan.batches.map((batch) => batch.length)).toEqual([4]);
});

test("a check takes all in one request, or says that it is too much", () => {
  expect(planWhole([source("a.png"), source(".DS_Store")])?.length).toBe(1);
  expect(planWhole([source("a.zip", 2e9)])).toBeNull();
});

test("a forecast of another shape foretells nothing", () => {
  expect(forecastOf(null).classes).toEqual([]);
  expect(forecastOf({ classes: "x", taken: "7", group_count: 3 })).toMatchObject({
    taken: 0,
    classes: [],
    group_count: 3,
  });
});

test("a refused row is named by its line, else by its place", () => {
  const row = { table: "t.csv", name: "a", detail: "no" };
  expect(placeOf({ ...row, line: 3 })).toBe("t.csv:3");
  expect(placeOf({ ...row, line: 0, where: "image 2" })).toBe("t.csv, image 2");
});
