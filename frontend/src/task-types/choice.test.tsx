import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JsonObject } from "@/api/types";
import { listen } from "@/commands/registry";
import { Providers } from "@/test/Providers";
import type { Suggestion } from "./base";
import { choice } from "./choice";
import { keysOf, matching, optionsOf } from "./choiceSchema";

const labelled = (...names: string[]): JsonObject => ({ labels: names.map((name) => ({ name })) });
const many = labelled(...Array.from({ length: 60 }, (_, at) => `label ${at}`), "Étoile");

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

function show(
  schema: JsonObject,
  submitAtOnce = true,
  answer: JsonObject | null = null,
  suggestion: Suggestion | null = null,
) {
  const onTake = vi.fn();
  const onSubmit = vi.fn();
  const onChange = vi.fn();
  const props = { schema, answer, suggestion, submitAtOnce, onTake, onSubmit, onChange };
  render(
    <Providers>
      <choice.Answer {...props} />
    </Providers>,
  );
  return {
    onTake,
    onSubmit,
    onChange,
    answered: () => onSubmit.mock.calls.map(([given]) => given.choice),
  };
}

const named = (...names: string[]) => names.map((name) => ({ name }));

test("digits 1 to 9 and 0 are the first ten labels, with Shift the next ten", () => {
  const keys = keysOf(named(...Array.from({ length: 21 }, (_, at) => `label ${at}`)));
  expect([0, 8, 9, 10, 19, 20].map((at) => keys[at])).toEqual([
    "1",
    "9",
    "0",
    "Shift+1",
    "Shift+0",
    null,
  ]);
});

test("a label that is a digit has that digit as its key", () => {
  expect(keysOf(named("0", "1", "none", "2"))).toEqual(["0", "1", "3", "2"]);
});

test("a digit answers at once", async () => {
  const { answered } = show(labelled("cat", "dog"));
  await userEvent.keyboard("2");
  expect(answered()).toEqual(["dog"]);
});

function propose(submitAtOnce: boolean) {
  const suggestion = {
    ...{ answer: { choice: "dog" }, confidence: 0.87, characters: null },
    ...{ version: 3, source: "" },
  };
  return { ...show(labelled("cat", "dog"), submitAtOnce, null, suggestion), suggestion };
}

test("a proposal is marked with its model and certainty, and Enter does not submit it", async () => {
  const { onSubmit, onTake } = propose(true);
  const dog = screen.getByRole("button", { name: /dog/ });
  expect(dog).toHaveTextContent("model 3 · 87%");
  expect(dog).toHaveAttribute("aria-pressed", "false");
  await userEvent.keyboard("{Enter}");
  expect([onSubmit, onTake].map((call) => call.mock.calls)).toEqual([[], []]);
});

test("A takes the proposal as its digit would, and says that it was taken", async () => {
  const { answered, onTake } = propose(true);
  await userEvent.keyboard("a");
  expect(answered()).toEqual(["dog"]);
  expect(onTake).toHaveBeenCalledOnce();
});

test("where submitting at once is off, A only chooses", async () => {
  const { onSubmit, onChange, onTake } = propose(false);
  await userEvent.keyboard("a");
  expect(onChange).toHaveBeenCalledWith({ choice: "dog" });
  expect(onSubmit).not.toHaveBeenCalled();
  expect(onTake).toHaveBeenCalledOnce();
});

test("a digit answers without taking the proposal", async () => {
  const { answered, onTake } = propose(true);
  await userEvent.keyboard("2");
  expect(answered()).toEqual(["dog"]);
  expect(onTake).not.toHaveBeenCalled();
});

test("where submitting at once is off, a digit chooses and Enter submits", async () => {
  const { onSubmit, onChange } = show(labelled("cat", "dog"), false);
  await userEvent.keyboard("1{Enter}");
  expect(onChange).toHaveBeenCalledWith({ choice: "cat" });
  expect(onSubmit).not.toHaveBeenCalled();
});

test("Enter submits what is chosen", async () => {
  const { answered } = show(labelled("cat", "dog"), false, { choice: "cat" });
  await userEvent.keyboard("{Enter}");
  expect(answered()).toEqual(["cat"]);
});

test("a label's own key takes the place of its digit", async () => {
  const { answered } = show({ labels: [{ name: "cat", hotkey: "c" }, { name: "dog" }] });
  await userEvent.keyboard("1c2");
  expect(answered()).toEqual(["cat", "dog"]);
});

test("a place whose digit is another label's own gets the first digit that is left", () => {
  const labels = [{ name: "cat" }, { name: "dog", hotkey: "1" }, { name: "owl" }];
  expect(keysOf(labels)).toEqual(["2", "1", "3"]);
});

test("a retired label is not offered, keeps its name for old answers, and frees its digit", () => {
  const schema: JsonObject = { labels: [{ name: "old", retired: true }, { name: "new" }] };
  expect(optionsOf(schema)).toMatchObject([{ name: "new", index: 1, keys: ["1"] }]);
  expect(choice.describe({ choice: "old" }, schema)).toEqual({ text: "old", index: 0 });
});

test("of many labels one is found by typing, accents aside, and Enter takes it", async () => {
  const { answered } = show(many);
  await userEvent.keyboard("/");
  await userEvent.keyboard("eto{Enter}");
  expect(answered()).toEqual(["Étoile"]);
  expect(screen.getByRole("combobox")).toHaveValue("");
});

test("exact names come before beginnings, and beginnings before parts", () => {
  const found = matching(optionsOf(labelled("a cat", "category", "cat")), "cat");
  expect(found.map((option) => option.name)).toEqual(["cat", "category", "a cat"]);
});

test("digits typed into the filter are text", async () => {
  const { answered } = show(many);
  await userEvent.keyboard("/");
  await userEvent.keyboard("59{ArrowDown}{ArrowUp}{Enter}");
  expect(answered()).toEqual(["label 59"]);
});

test("with nothing typed the arrows lead through the list, and Enter takes what they are on", async () => {
  const { answered } = show(many);
  await userEvent.keyboard("/{Enter}");
  expect(answered()).toEqual([]);
  await userEvent.keyboard("{ArrowDown}{ArrowDown}{ArrowDown}{ArrowUp}{Enter}");
  expect(answered()).toEqual(["label 1"]);
});

test("a chosen label that was taken out of use is named, and not sent", async () => {
  const cat = { name: "cat", title: "Cat", retired: false };
  const schema = { labels: [cat, { name: "fox", title: "Fox", retired: true }] };
  const { answered } = show(schema, false, { choice: "fox" });
  expect(screen.getByRole("alert")).toHaveTextContent("No longer a label here: Fox");
  await userEvent.keyboard("{Enter}");
  expect(answered()).toEqual([]);
});
