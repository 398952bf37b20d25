import { expect, test } from "vitest";
import type { RunEvent } from "@/api/types";
import { classesOf, epochsOf, figuresOf, logOf, type PartFigures, verdictOn } from "./progress";
import { withEvents } from "./requests";

const event = (no: number, kind: string, data: object) =>
  ({ no, kind, data, at: "2026-01-01T00:00:00Z" }) as unknown as RunEvent;

const course = (train: number[], val: number[] = []) =>
  train.map((train_loss, epoch) => ({ epoch, train_loss, val_loss: val[epoch] ?? null }));

test("epochs that a resumed run reports again count once, with their last figures", () => {
  const events = [
    event(1, "start", {}),
    event(2, "epoch", { epoch: 1, train_loss: 2, val_loss: null }),
    event(3, "epoch", { epoch: 2, train_loss: 1.5, val_loss: 1.6 }),
    event(4, "epoch", { epoch: 2, train_loss: 1.4, val_loss: 1.5 }),
  ];
  expect(epochsOf(events).map(({ epoch, train_loss }) => [epoch, train_loss])).toEqual([
    [1, 2],
    [2, 1.4],
  ]);
});

test("the log holds what was said, and the reason of an error", () => {
  const lines = logOf([
    event(1, "log", { message: "35 held out" }),
    event(2, "epoch", { epoch: 1 }),
    event(3, "error", { code: "cannot_train", reason: "one class only" }),
  ]);
  expect(lines.map(({ text }) => text)).toEqual(["35 held out", "one class only"]);
});

test("events that come twice are kept once", () => {
  const known = [event(1, "log", {}), event(2, "log", {})];
  expect(withEvents(known, [event(2, "log", {}), event(3, "log", {})]).map(({ no }) => no)).toEqual(
    [1, 2, 3],
  );
});

test.each([
  ["diverging", course([1, 1.2, 1.5, 2])],
  ["overfitting", course([2, 1, 0.5, 0.2, 0.1], [2, 1.2, 1, 1.2, 1.4])],
  ["flat", course([2, 0.5, 0.3, 0.3, 0.3, 0.3], [2, 1, 0.9, 0.9, 0.9, 0.9])],
  ["falling", course([2, 1.6, 1.2, 0.9], [2, 1.7, 1.4, 1.2])],
  [null, course([2, 1])],
])("a course of losses is called %s", (verdict, epochs) => {
  expect(verdictOn(epochs)).toBe(verdict);
});

test("a part without items has no figures", () => {
  expect(figuresOf({ holdout: { count: 0 } }, "holdout")).toBeNull();
  expect(figuresOf({}, "validation")).toBeNull();
  expect(figuresOf({ train: { count: 3, accuracy: 1 } }, "train")?.accuracy).toBe(1);
});

test("the classes come in the order of the schema, those added later left out", () => {
  const figures = {
    recall: { "10": 1, "2": 1 },
    confusion: [
      [1, 0],
      [0, 1],
    ],
  } as unknown as PartFigures;
  expect(classesOf(figures, ["10", "2", "new"])).toEqual(["10", "2"]);
});
