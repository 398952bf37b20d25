import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import { messages as app } from "@/app/messages";
import { pickLanguage } from "@/i18n/languages";
import { type MessageSet, type Messages, setLanguage, useMessages } from "@/i18n/messages";
import { useLanguage } from ".";

afterEach(() => act(() => setLanguage("en")));

function Greeting({ chosen }: { chosen: string }) {
  const t = useMessages(app);
  return useLanguage(chosen) ? <p>{t.signIn}</p> : <p>…</p>;
}

test("the chosen language is fetched and shown, and may be changed", async () => {
  const { rerender } = render(<Greeting chosen="de" />);
  expect(await screen.findByText("Anmelden")).toBeVisible();
  expect(document.documentElement.lang).toBe("de");
  rerender(<Greeting chosen="ko" />);
  expect(await screen.findByText("로그인")).toBeVisible();
  rerender(<Greeting chosen="en" />);
  expect(await screen.findByText("Sign in")).toBeVisible();
});

test("the first language wanted that there is, else English", () => {
  expect(pickLanguage(["pt-BR", "fr-CA", "en"])).toBe("fr");
  expect(pickLanguage(["pt", "constructor"])).toBe("en");
  expect(pickLanguage([])).toBe("en");
});

// Every set of the application, found by the name of its file.
const FILES = import.meta.glob<Record<string, unknown>>(
  ["/src/**/*[mM]essages.ts", "/src/ui/names.ts", "!/src/i18n/**"],
  { eager: true },
);
const SETS = Object.entries(FILES).flatMap(([path, file]) =>
  Object.values(file)
    .filter(isSet)
    .map((set) => ({ path, set })),
);

function isSet(one: unknown): one is Messages<MessageSet> {
  return typeof one === "object" && one !== null && "english" in one;
}

function isSentence(text: string): boolean {
  return !text.includes("://") && (text.match(/\p{L}{2,}/gu) ?? []).length > 3;
}

const LOADERS = { de: () => import("./de"), fr: () => import("./fr"), ko: () => import("./ko") };

test.each(["de", "fr", "ko"] as const)("all that people read is there in %s", async (language) => {
  await LOADERS[language]();
  expect(SETS.length).toBeGreaterThan(20);
  const missing = SETS.flatMap(({ path, set }) => {
    const translation = set.translations.get(language) ?? {};
    return Object.keys(set.english)
      .filter((key) => !(key in translation))
      .map((key) => `${path}: ${key}`);
  });
  expect(missing).toEqual([]);
});

test.each(["de", "fr", "ko"] as const)("no sentence is left in English in %s", async (language) => {
  await LOADERS[language]();
  const same = SETS.flatMap(({ set }) => {
    const translation = set.translations.get(language) ?? {};
    return Object.entries(set.english)
      .filter(([, text]) => typeof text === "string" && isSentence(text))
      .filter(([key, text]) => translation[key as keyof typeof translation] === text)
      .map(([key]) => `${set.namespace}.${key}`);
  });
  expect(same).toEqual([]);
});
