// Decides whether a key press is meant for a binding. Digits go by their place on the keyboard,
// letters by what they write, and by their place where the script has no Latin letters.
import { type Binding, bindingText, parseBinding } from "@/lib/keys";

export type Press = Pick<
  KeyboardEvent,
  "key" | "code" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "isComposing" | "keyCode"
>;

const isDigit = (key: string) => /^[0-9]$/.test(key);
const isLetter = (key: string) => /^[a-z]$/i.test(key);

function sameKey(key: string, press: Press): boolean {
  if (isDigit(key)) {
    return press.code === `Digit${key}` || (press.code === `Numpad${key}` && press.key === key);
  }
  if (isLetter(key)) {
    return isLetter(press.key) ? press.key.toUpperCase() === key : press.code === `Key${key}`;
  }
  if (key === "Space") return press.key === " " || press.code === "Space";
  return press.key === key;
}

/** A sign such as "?" needs Shift on one layout and not on the next, so Shift does not count. */
const isSign = (key: string) => key.length === 1 && !isDigit(key) && !isLetter(key);

export function matches(binding: Binding, press: Press): boolean {
  return (
    sameKey(binding.key, press) &&
    binding.mod === (press.ctrlKey || press.metaKey) &&
    binding.alt === press.altKey &&
    (isSign(binding.key) || binding.shift === press.shiftKey)
  );
}

/** The binding that a press would make, for remapping; null while only modifiers are down. */
export function bindingOf(press: Press): string | null {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead"].includes(press.key)) return null;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(press.code)?.[1];
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1];
  const written = press.key === " " ? "Space" : press.key;
  const key = digit ?? (isLetter(written) ? written.toUpperCase() : (letter ?? written));
  return bindingText({
    mod: press.ctrlKey || press.metaKey,
    alt: press.altKey,
    shift: press.shiftKey && !isSign(key),
    key,
  });
}

export function isComposing(press: Press): boolean {
  return press.isComposing || press.keyCode === 229;
}

const TEXTLESS = [
  "button",
  "checkbox",
  "color",
  "file",
  "image",
  "radio",
  "range",
  "reset",
  "submit",
];

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target instanceof HTMLInputElement && !TEXTLESS.includes(target.type);
}

const PRESSABLE =
  "button, a[href], summary, input[type=checkbox], input[type=radio], input[type=file], " +
  "[role=button], [role=menuitem], [role=tab], [role=option]";

/** Whether the focused control itself wants the key: Enter and Space press buttons. */
export function belongsToControl(target: EventTarget | null, press: Press): boolean {
  if (press.ctrlKey || press.metaKey || (press.key !== "Enter" && press.key !== " ")) return false;
  return target instanceof Element && target.matches(PRESSABLE);
}

const parsed = new Map<string, Binding>();

export function parseCached(text: string): Binding {
  const known = parsed.get(text);
  if (known) return known;
  const binding = parseBinding(text);
  parsed.set(text, binding);
  return binding;
}
