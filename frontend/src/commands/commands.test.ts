import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bindingCaps, parseBinding } from "@/lib/keys";
import { conflicts, isSingle, resetKeys, setKeys, setSingleKeys } from "./keymap";
import { bindingOf, matches, type Press } from "./matcher";
import { type Command, listen, register } from "./registry";

const press = (init: Partial<Press>): Press => ({
  key: "",
  code: "",
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  keyCode: 0,
  ...init,
});
const hit = (text: string, init: Partial<Press>) => matches(parseBinding(text), press(init));

test("a digit goes by its place: the French row writes other signs", () => {
  expect(hit("1", { key: "&", code: "Digit1" })).toBe(true);
  expect(hit("1", { key: "1", code: "Numpad1" })).toBe(true);
  expect(hit("1", { key: "End", code: "Numpad1" })).toBe(false);
  expect(hit("Shift+1", { key: "!", code: "Digit1", shiftKey: true })).toBe(true);
  expect(hit("1", { key: "!", code: "Digit1", shiftKey: true })).toBe(false);
});

test("a letter goes by what it writes, and by its place in other scripts", () => {
  expect(hit("Z", { key: "z", code: "KeyY" })).toBe(true);
  expect(hit("Y", { key: "z", code: "KeyY" })).toBe(false);
  expect(hit("S", { key: "ы", code: "KeyS" })).toBe(true);
});

test("Mod is Ctrl or Cmd, and a sign does not ask about Shift", () => {
  expect(hit("Mod+Z", { key: "z", code: "KeyZ", metaKey: true })).toBe(true);
  expect(hit("Mod+Z", { key: "z", code: "KeyZ" })).toBe(false);
  expect(hit("?", { key: "?", code: "Minus", shiftKey: true })).toBe(true);
  expect(hit("+", { key: "+", code: "Equal", shiftKey: true })).toBe(true);
  expect(hit("Alt+ArrowLeft", { key: "ArrowLeft", code: "ArrowLeft", altKey: true })).toBe(true);
});

test("bindings read, show and come back from a press", () => {
  expect(bindingCaps("Mod+Shift+z", false)).toEqual(["Ctrl", "Shift", "Z"]);
  expect(bindingOf(press({ key: "!", code: "Digit1", shiftKey: true }))).toBe("Shift+1");
  expect(bindingOf(press({ key: " ", code: "Space" }))).toBe("Space");
  expect(bindingOf(press({ key: "Shift", code: "ShiftLeft", shiftKey: true }))).toBeNull();
  expect(() => parseBinding("Hyper+K")).toThrow('no modifier is called "Hyper"');
});

let stop: () => void;
let undo: (() => void)[] = [];

function add(part: Partial<Command> & Pick<Command, "keys">): ReturnType<typeof vi.fn> {
  const run = vi.fn();
  const command: Command = { id: part.keys.join(), label: "x", scope: "screen", run, ...part };
  undo.push(register(() => [command]));
  return run;
}

function type(key: string, init: KeyboardEventInit = {}, target: EventTarget = document.body) {
  const code = /^[0-9]$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;
  const event = new KeyboardEvent("keydown", {
    key,
    code,
    bubbles: true,
    cancelable: true,
    ...init,
  });
  target.dispatchEvent(event);
  return event;
}

beforeEach(() => {
  stop = listen();
});

afterEach(() => {
  stop();
  for (const one of undo) one();
  undo = [];
  resetKeys();
  document.body.replaceChildren();
});

test("the inner scope wins, and the outer one takes over when the inner is not enabled", () => {
  const outer = add({ keys: ["Escape"], scope: "global" });
  let drawing = true;
  const inner = add({ keys: ["Escape"], scope: "screen", enabled: () => drawing });
  type("Escape");
  drawing = false;
  type("Escape");
  expect([inner.mock.calls.length, outer.mock.calls.length]).toEqual([1, 1]);
});

test("keys typed into a field stay there, except those meant for it", () => {
  const field = document.body.appendChild(document.createElement("input"));
  const letter = add({ keys: ["S"] });
  const submit = add({ keys: ["Mod+Enter"], whileTyping: true });
  expect(type("s", {}, field).defaultPrevented).toBe(false);
  type("Enter", { ctrlKey: true }, field);
  expect([letter.mock.calls.length, submit.mock.calls.length]).toEqual([0, 1]);
});

test("a held key answers once, and nothing while a script is being composed", () => {
  const answer = add({ keys: ["1"] });
  type("1");
  type("1", { repeat: true });
  type("1", { isComposing: true });
  expect(answer).toHaveBeenCalledTimes(1);
});

test("Enter on a focused button presses the button", () => {
  const button = document.body.appendChild(document.createElement("button"));
  const submit = add({ keys: ["Enter"] });
  type("Enter", {}, button);
  expect(submit).not.toHaveBeenCalled();
});

test("an open dialog keeps the screen's keys away", () => {
  const dialog = document.createElement("div");
  dialog.setAttribute("aria-modal", "true");
  document.body.append(dialog);
  const screen = add({ keys: ["1"] });
  const own = add({ keys: ["1"], scope: "dialog" });
  type("1");
  expect([screen.mock.calls.length, own.mock.calls.length]).toEqual([0, 1]);
});

test("a hold ends with the key, and also when the window loses the focus", () => {
  const release = vi.fn();
  add({ keys: ["Space"], release });
  type(" ", { code: "Space" });
  window.dispatchEvent(new KeyboardEvent("keyup", { key: " ", code: "Space" }));
  type(" ", { code: "Space" });
  window.dispatchEvent(new Event("blur"));
  expect(release).toHaveBeenCalledTimes(2);
});

test("single keys can be turned off together; those with a modifier and named ones stay", () => {
  const letter = add({ keys: ["S"] });
  const undo = add({ keys: ["Mod+Z"] });
  setSingleKeys(false);
  type("s");
  type("z", { ctrlKey: true });
  setSingleKeys(true);
  expect([letter.mock.calls.length, undo.mock.calls.length]).toEqual([0, 1]);
  expect(["1", "Shift+2", "?", "Enter", "Alt+U"].map(isSingle)).toEqual([
    ...[true, true, true],
    ...[false, false],
  ]);
});

test("a remapped key replaces the default, and a clash is named", () => {
  const skip = add({ id: "skip", keys: ["S"] });
  add({ id: "flag", keys: ["F"] });
  setKeys("skip", ["F"]);
  type("s");
  expect(skip).not.toHaveBeenCalled();
  const command = (id: string, key: string): Command => ({
    id,
    label: id,
    keys: [key],
    scope: "screen",
    run: () => {},
  });
  expect(conflicts([command("skip", "S"), command("flag", "F")])).toEqual(
    new Map([["F", ["skip", "flag"]]]),
  );
});
