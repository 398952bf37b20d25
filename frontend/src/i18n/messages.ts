// Typed messages: each feature keeps its English beside its code, other languages fill in later.
import { useSyncExternalStore } from "react";

/** A sentence, or a function from its typed parts to a sentence. */
export type Message = string | ((...parts: never[]) => string);
export type MessageSet = { readonly [name: string]: Message };

/** The same names and parts in another language; what is missing stays English. */
export type Translation<Set extends MessageSet> = {
  readonly [Name in keyof Set]?: Set[Name] extends string ? string : Set[Name];
};

export interface Messages<Set extends MessageSet> {
  readonly namespace: string;
  readonly english: Set;
  readonly translations: Map<string, Translation<Set>>;
}

let language = "en";
const listeners = new Set<() => void>();

export function currentLanguage(): string {
  return language;
}

export function setLanguage(next: string): void {
  language = next;
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** By namespace, so that a language need not bring along the English of every screen. */
const translated = new Map<string, Map<string, Translation<MessageSet>>>();

function translationsOf(namespace: string): Map<string, Translation<MessageSet>> {
  const known = translated.get(namespace) ?? new Map();
  translated.set(namespace, known);
  return known;
}

export function defineMessages<Set extends MessageSet>(
  namespace: string,
  english: Set,
): Messages<Set> {
  const translations = translationsOf(namespace) as Map<string, Translation<Set>>;
  return { namespace, english, translations };
}

/** `translate<typeof messages>("grid", "de", { … })`, without loading the English. */
export function translate<Of extends Messages<MessageSet>>(
  namespace: Of["namespace"],
  into: string,
  translation: Translation<Of["english"]>,
): void {
  translationsOf(namespace).set(into, translation);
  for (const listener of listeners) listener();
}

export function addTranslation<Set extends MessageSet>(
  messages: Messages<Set>,
  into: string,
  translation: Translation<Set>,
): void {
  messages.translations.set(into, translation);
  for (const listener of listeners) listener();
}

const merged = new WeakMap<object, MessageSet>();

/** The messages in the language of the moment, for code outside of components. */
export function textOf<Set extends MessageSet>(messages: Messages<Set>): Set {
  const translation = messages.translations.get(language);
  if (!translation) return messages.english;
  const known = merged.get(translation);
  if (known) return known as Set;
  const whole = { ...messages.english, ...translation } as Set;
  merged.set(translation, whole);
  return whole;
}

/** The messages, kept current: `const t = useMessages(messages); t.title; t.count(3)`. */
export function useMessages<Set extends MessageSet>(messages: Messages<Set>): Set {
  return useSyncExternalStore(subscribe, () => textOf(messages));
}

/** `plural(3, { one: "# file", other: "# files" })` with the rules of the language. */
export function plural(
  count: number,
  forms: { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>,
): string {
  const form = forms[new Intl.PluralRules(language).select(count)] ?? forms.other;
  return form.replace("#", formatNumber(count));
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(language, options).format(value);
}

/** 0.934 as "93.4 %" in the manner of the language; nothing known as a dash. */
export function formatPercent(value: number | null | undefined, digits = 1): string {
  if (value === null || value === undefined) return "–";
  return formatNumber(value, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** 0.87 and 0.953 as "87–95%". */
export function formatPercentRange(low: number, high: number, digits = 0): string {
  const format = new Intl.NumberFormat(language, {
    style: "percent",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return format.formatRange(low, high);
}

export function formatBytes(bytes: number): string {
  const units = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
  const power = Math.min(units.length - 1, bytes > 0 ? Math.floor(Math.log10(bytes) / 3) : 0);
  return formatNumber(bytes / 1000 ** power, {
    style: "unit",
    unit: units[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: power === 0 ? 0 : 1,
  });
}

export function formatDate(value: string | Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(value),
  );
}

/** "21 Nov 2026", where the hour does not matter. */
export function formatDay(value: string | Date): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(new Date(value));
}

/** "14:00", with seconds as "medium". */
export function formatTime(value: string | Date, timeStyle: "short" | "medium" = "short"): string {
  return new Intl.DateTimeFormat(language, { timeStyle }).format(new Date(value));
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** "5 minutes ago", "in 2 days". */
export function formatRelative(value: string | Date, now = Date.now()): string {
  const seconds = (new Date(value).getTime() - now) / 1000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return format.format(Math.round(seconds / size), unit);
}

/** Seconds as "4:10" or "1:02:33". */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown
    .map((part, at) => (at === 0 ? String(part) : String(part).padStart(2, "0")))
    .join(":");
}
