// The user's own keys: kept in the browser, by command.
import { createStore } from "zustand/vanilla";
import { parseBinding } from "@/lib/keys";
import { readSetting, writeSetting } from "@/lib/storage";
import type { Command } from "./registry";

/** Command to its keys; an empty list turns the keys off. */
type Keymap = Readonly<Record<string, readonly string[]>>;

interface KeymapState {
  own: Keymap;
  /** What the changed commands are called, for where they are not on the page. */
  names: Readonly<Record<string, string>>;
  /** Single letters, digits and signs do nothing: for speech input and unsteady hands. */
  singleOff: boolean;
}

export const keymap = createStore<KeymapState>(() => ({
  own: readSetting("keymap", {}),
  names: readSetting("keymap-names", {}),
  singleOff: readSetting("single-keys-off", false),
}));

keymap.subscribe(({ own, names, singleOff }) => {
  writeSetting("keymap", own);
  writeSetting("keymap-names", names);
  writeSetting("single-keys-off", singleOff);
});

/** A key that a stray touch or a spoken word presses: one sign, with nothing but Shift. */
export function isSingle(key: string): boolean {
  const binding = parseBinding(key);
  return !binding.mod && !binding.alt && [...binding.key].length === 1;
}

export function keysOf(command: Pick<Command, "id" | "keys">): readonly string[] {
  const { own, singleOff } = keymap.getState();
  const keys = own[command.id] ?? command.keys;
  return singleOff ? keys.filter((key) => !isSingle(key)) : keys;
}

export function setKeys(id: string, keys: readonly string[], name = id): void {
  keymap.setState(({ own, names }) => ({
    own: { ...own, [id]: keys },
    names: { ...names, [id]: name },
  }));
}

export function setSingleKeys(on: boolean): void {
  keymap.setState({ singleOff: !on });
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
