// A key binding as text ("Mod+Shift+Z", "Alt+ArrowLeft", "1", "?") and how people see it.

export interface Binding {
  mod: boolean;
  shift: boolean;
  alt: boolean;
  /** A digit, an upper-case letter, a sign, or a name as in `KeyboardEvent.key`. */
  key: string;
}

const MODIFIERS = new Set(["Mod", "Shift", "Alt"]);

export function parseBinding(text: string): Binding {
  const parts =
    text === "+" || text.endsWith("++") ? [...text.slice(0, -1).split("+"), "+"] : text.split("+");
  const names = parts.filter((part) => part !== "");
  const key = names.at(-1) ?? "";
  const modifiers = new Set(names.slice(0, -1));
  for (const name of modifiers) {
    if (!MODIFIERS.has(name))
      throw new Error(`"${text}" is not a key: no modifier is called "${name}"`);
  }
  if (key === "" || MODIFIERS.has(key)) throw new Error(`"${text}" names no key`);
  return {
    mod: modifiers.has("Mod"),
    shift: modifiers.has("Shift"),
    alt: modifiers.has("Alt"),
    key: key.length === 1 ? key.toUpperCase() : key,
  };
}

export function bindingText({ mod, shift, alt, key }: Binding): string {
  return [mod && "Mod", alt && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

export const onMac = /Mac|iPhone|iPad/.test(navigator.platform);

const SHOWN: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Backspace: "⌫",
  Delete: "Del",
  Enter: "Enter",
  Space: "Space",
};

/** The caps to press, in order: `["Ctrl", "Z"]`. */
export function bindingCaps(text: string, mac = onMac): string[] {
  const { mod, shift, alt, key } = parseBinding(text);
  const caps: string[] = [];
  if (mod) caps.push(mac ? "⌘" : "Ctrl");
  if (alt) caps.push(mac ? "⌥" : "Alt");
  if (shift) caps.push(mac ? "⇧" : "Shift");
  return [...caps, SHOWN[key] ?? key];
}
