import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JsonObject } from "@/api/types";
import { listen } from "@/commands/registry";
import { Providers } from "@/test/Providers";
import type { AnswerProps } from "./base";
import { multiLabel } from "./multi_label";

const labelled = (...names: string[]): JsonObject => ({ labels: names.map((name) => ({ name })) });

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

const onSubmit = vi.fn();

function Held(props: Partial<AnswerProps> & { schema: JsonObject }) {
  const [answer, setAnswer] = useState<JsonObject | null>(null);
  const rest = { suggestion: null, submitAtOnce: true, onSubmit, ...props };
  return <multiLabel.Answer {...rest} answer={answer} onChange={setAnswer} />;
}

function show(schema: JsonObject, props: Partial<AnswerProps> = {}) {
  onSubmit.mockReset();
  render(
    <Providers>
      <Held schema={schema} {...props} />
    </Providers>,
  );
}

const submitted = () => onSubmit.mock.calls.map(([given]) => given.choices);

test("digits take labels in and out, and Enter submits them in the schema's order", async () => {
  show(labelled("hat", "beard", "glasses"));
  await userEvent.keyboard("3213{Enter}");
  expect(submitted()).toEqual([["hat", "beard"]]);
});

test("none is an answer too, unless the schema wants more", async () => {
  show(labelled("hat", "beard"));
  await userEvent.keyboard("{Enter}");
  expect(submitted()).toEqual([[]]);
});

test("fewer than wanted cannot be submitted, and the screen says how many are", async () => {
  show({ ...labelled("hat", "beard"), at_least: 1 });
  await userEvent.keyboard("{Enter}");
  expect(submitted()).toEqual([]);
  expect(screen.getByText("Choose at least 1 label.")).toBeVisible();
});

test("more than allowed are not taken in, and with room for one the newest replaces", async () => {
  show({ ...labelled("hat", "beard", "scarf"), at_most: 1 });
  await userEvent.keyboard("13{Enter}");
  expect(submitted()).toEqual([["scarf"]]);
});

test("of 200 labels several are found by typing, without leaving the field", async () => {
  show(labelled(...Array.from({ length: 200 }, (_, at) => `plant ${at}`)));
  await userEvent.keyboard("/");
  await userEvent.keyboard("150{Enter}t 7{Enter}{Enter}");
  expect(submitted()).toEqual([["plant 7", "plant 150"]]);
});

test("labels of a list stand under their groups", () => {
  const labels = Array.from({ length: 30 }, (_, at) => ({
    name: `l${at}`,
    group: at < 10 ? "Trees" : "Herbs",
  }));
  show({ labels });
  expect(screen.getByRole("group", { name: "Trees" }).children).toHaveLength(11);
});

test("a proposal is never submitted by itself, and one key takes it", async () => {
  const suggestion = {
    ...{ answer: { choices: ["beard"] }, confidence: 0.8, characters: null },
    ...{ version: 3, source: "" },
  };
  const onTake = vi.fn();
  show(labelled("hat", "beard"), { suggestion, onTake });
  expect(screen.getByRole("button", { name: /beard/ })).toHaveTextContent("model 3 · 80%");
  await userEvent.keyboard("{Enter}");
  expect(onTake).not.toHaveBeenCalled();
  await userEvent.keyboard("a{Enter}");
  expect(submitted()).toEqual([[], ["beard"]]);
  expect(onTake).toHaveBeenCalledOnce();
});

test("an answer in words names its labels", () => {
  const schema: JsonObject = { labels: [{ name: "a", title: "Alpha" }, { name: "b" }] };
  expect(multiLabel.describe({ choices: ["a", "b"] }, schema).text).toBe("Alpha, b");
  expect(multiLabel.describe({ choices: [] }, schema).text).toBe("None");
});

test("of a list that is longer than the screen all that is chosen is told in words", async () => {
  show(labelled(...Array.from({ length: 40 }, (_, at) => `label ${at + 1}`)));
  expect(screen.queryByTestId("chosen")).toBeNull();
  await userEvent.keyboard("2/");
  await userEvent.keyboard("label 37{Enter}");
  expect(screen.getByTestId("chosen")).toHaveTextContent("label 2, label 37");
});
