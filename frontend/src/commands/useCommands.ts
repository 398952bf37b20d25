// Commands of a component, registered while it is on the page.
import { useLayoutEffect, useRef } from "react";
import { useStore } from "zustand";
import { keymap, keysOf } from "./keymap";
import { activeCommands, type Command, register } from "./registry";

/**
 * The list may be new at each render; the latest one counts. They are there before the component
 * can be seen, so that no key of a quick hand is lost.
 */
export function useCommands(commands: readonly Command[]): void {
  const latest = useRef(commands);
  latest.current = commands;
  useLayoutEffect(() => register(() => latest.current), []);
}

/** The first key of a command as it is now, for hints; undefined when turned off. */
export function useKeyOf(command: Pick<Command, "id" | "keys">): string | undefined {
  useStore(keymap);
  return keysOf(command)[0];
}

export function allCommands(): readonly Command[] {
  return activeCommands();
}
