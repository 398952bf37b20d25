import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test } from "vitest";
import { keysOf, resetKeys, setKeys, setSingleKeys } from "@/commands/keymap";
import { Providers } from "@/test/Providers";
import { KeysSection } from "./KeysSection";
import { sharedKeys } from "./keys";

afterEach(() => {
  resetKeys();
  setSingleKeys(true);
});

function show() {
  render(
    <Providers>
      <KeysSection />
    </Providers>,
  );
}

test("a key that was set for two commands is named", () => {
  expect(sharedKeys({ a: ["X"], b: ["X", "Y"], c: [] })).toEqual([["X", ["a", "b"]]]);
});

test("changed keys are listed by the command's name, and go back to the default", async () => {
  setKeys("label.skip", ["X"], "Skip");
  show();
  await userEvent.click(screen.getByRole("button", { name: "Default key for Skip" }));
  expect(keysOf({ id: "label.skip", keys: ["S"] })).toEqual(["S"]);
});

test("single keys are turned off as a whole", async () => {
  show();
  await userEvent.click(screen.getByRole("radio", { name: "Off" }));
  expect(keysOf({ id: "label.skip", keys: ["S", "Alt+S"] })).toEqual(["Alt+S"]);
});
