import { expect, test } from "vitest";
import type { StatusCheck } from "@/api/types";
import { commandsIn, ordered } from "./checks";

const check = (name: string, state: StatusCheck["state"]) =>
  ({ name, state, title: name, detail: "", fix: "" }) satisfies StatusCheck;

test("what is broken comes before what is odd, and both before what is fine", () => {
  const names = ordered([
    check("a", "ok"),
    check("b", "warn"),
    check("c", "fail"),
    check("d", "fail"),
  ]);
  expect(names.map(({ name }) => name)).toEqual(["c", "d", "b", "a"]);
});

test("commands between backticks can be copied, words in backticks are only words", () => {
  expect(commandsIn("Start all with `make run`, or raise `WORKERS` in `.env`.")).toEqual({
    text: "Start all with make run, or raise WORKERS in .env.",
    commands: ["make run"],
  });
});

test("a fix that is only a command is not said twice", () => {
  expect(commandsIn("`chmod -R o-rwx var`")).toEqual({
    text: "",
    commands: ["chmod -R o-rwx var"],
  });
});
