// The languages of the application, each in its own words.

export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  fr: "Français",
  ko: "한국어",
} as const;

export type Language = keyof typeof LANGUAGES;

/** The first of the wanted languages ("de-AT", "fr") that there is, else English. */
export function pickLanguage(wanted: readonly string[]): Language {
  const known = wanted.map((tag) => tag.split("-")[0]?.toLowerCase() ?? "");
  return known.find((code): code is Language => Object.hasOwn(LANGUAGES, code)) ?? "en";
}

/** What a user chose, else what the browser asks for. */
export function languageFor(chosen: string | undefined): Language {
  return pickLanguage(chosen ? [chosen] : navigator.languages);
}
