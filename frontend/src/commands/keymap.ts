// The user's own keys: kept in the browser, by command.
import { createStore } from "zustand/vanilla";
import { readSetting, writeSetting } from "@/lib/storage";
import type { Command } from "./registry";

/** Command to its keys; an empty list turns the keys off. */
type Keymap = Readonly<Record<string, readonly string[]>>;

export const keymap = createStore<{ own: Keymap }>(() => ({ own: readSetting("keymap", {}) }));

keymap.subscribe(({ own }) => writeSetting("keymap", own));

export function keysOf(command: Pick<Command, "id" | "keys">): readonly string[] {
  return keymap.getState().own[command.id] ?? command.keys;
}

export function setKeys(id: string, keys: readonly string[]): void {
  keymap.setState(({ own }) => ({ own: { ...own, [id]: keys } }));
}

export function resetKeys(id?: string): void {
  keymap.setState(({ own }) => {
    if (id === undefined) return { own: {} };
    const { [id]: _, ...rest } = own;
    return { own: rest };
  });
}

/** Keys that lead to more than one command where both can be meant: key to the commands' labels. */
export function conflicts(commands: readonly Command[]): Map<string, string[]> {
  const users = new Map<string, Command[]>();
  for (const command of commands) {
    for (const key of keysOf(command)) {
      const place = `${command.scope} ${key}`;
      users.set(place, [...(users.get(place) ?? []), command]);
    }
  }
  const clashes = [...users].filter(([, list]) => isClash(list));
  return new Map(
    clashes.map(([place, list]) => [
      place.slice(place.indexOf(" ") + 1),
      list.map((one) => one.label),
    ]),
  );
}

/** Commands that ship with the same key take turns by `enabled`; only a changed key can clash. */
function isClash(list: readonly Command[]): boolean {
  const { own } = keymap.getState();
  const ids = new Set(list.map((command) => command.id));
  return ids.size > 1 && list.some((command) => own[command.id] !== undefined);
}
