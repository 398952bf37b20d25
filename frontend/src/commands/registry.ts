// The commands that can be run at this moment, and the one listener that runs them.
import { createStore } from "zustand/vanilla";
import { keysOf } from "./keymap";
import { belongsToControl, isComposing, isTyping, matches, parseCached } from "./matcher";

/**
 * Inner scopes win over outer ones: what takes the answer wins over the screen around it, and the
 * canvas with the focus over both. An open dialog silences all but its own and the global ones.
 */
export type Scope = "global" | "screen" | "answer" | "canvas" | "dialog";

export interface Command {
  /** "label.skip": stable, since a changed key is remembered by it. */
  id: string;
  label: string;
  /** Default keys; a user's own take their place. */
  keys: readonly string[];
  scope: Scope;
  /** Also while a text field has the focus (marked ✎ in the keymap). */
  whileTyping?: boolean;
  /** Also when the key is held and repeats; never for answers. */
  repeat?: boolean;
  /** Commands that are one line in the help, such as the ten digits. */
  family?: { label: string; keys: string };
  enabled?: () => boolean;
  run: (event: KeyboardEvent | null) => void;
  /** For keys that act while they are held. */
  release?: () => void;
}

type Source = () => readonly Command[];

const RANK: Record<Scope, number> = { global: 0, screen: 1, answer: 2, canvas: 3, dialog: 4 };

const sources = createStore<{ list: readonly Source[] }>(() => ({ list: [] }));

export function register(source: Source): () => void {
  sources.setState(({ list }) => ({ list: [...list, source] }));
  return () => sources.setState(({ list }) => ({ list: list.filter((one) => one !== source) }));
}

/** All registered commands, innermost scope first, and of one scope the latest first. */
export function activeCommands(): Command[] {
  const all = sources
    .getState()
    .list.toReversed()
    .flatMap((source) => source());
  return all.sort((a, b) => RANK[b.scope] - RANK[a.scope]);
}

function dialogOpen(): boolean {
  return document.querySelector('[aria-modal="true"]') !== null;
}

function reachable(command: Command, event: KeyboardEvent): boolean {
  if (isTyping(event.target) && !command.whileTyping) return false;
  if (event.repeat && !command.repeat) return false;
  if (command.scope !== "dialog" && command.scope !== "global" && dialogOpen()) return false;
  if (command.scope === "canvas") {
    const focused = event.target instanceof Element && event.target.closest("[data-canvas-focus]");
    if (!focused) return false;
  }
  return command.enabled?.() ?? true;
}

export function commandFor(event: KeyboardEvent): Command | undefined {
  if (isComposing(event) || belongsToControl(event.target, event)) return undefined;
  return activeCommands().find(
    (command) =>
      keysOf(command).some((key) => matches(parseCached(key), event)) && reachable(command, event),
  );
}

/** Runs a command as its button would. */
export function runCommand(id: string): void {
  const command = activeCommands().find((one) => one.id === id);
  if (command && (command.enabled?.() ?? true)) command.run(null);
}

const held = new Map<string, Command>();

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  if (event.repeat && held.has(event.code)) {
    event.preventDefault();
    return;
  }
  const command = commandFor(event);
  if (!command) return;
  event.preventDefault();
  if (command.release) held.set(event.code, command);
  command.run(event);
}

function onKeyUp(event: KeyboardEvent): void {
  held.get(event.code)?.release?.();
  held.delete(event.code);
}

/** A key released in another window is never reported. */
function releaseAll(): void {
  for (const command of held.values()) command.release?.();
  held.clear();
}

/** Starts listening; returns how to stop. */
export function listen(): () => void {
  window.addEventListener("keydown", onKeyDown);
  window.addEventListener("keyup", onKeyUp);
  window.addEventListener("blur", releaseAll);
  return () => {
    releaseAll();
    window.removeEventListener("keydown", onKeyDown);
    window.removeEventListener("keyup", onKeyUp);
    window.removeEventListener("blur", releaseAll);
  };
}
