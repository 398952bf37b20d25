import { act, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import {
  addTranslation,
  defineMessages,
  formatBytes,
  formatClock,
  formatPercent,
  formatRelative,
  plural,
  setLanguage,
  useMessages,
} from "./messages";

const messages = defineMessages("test", {
  title: "Files",
  count: (n: number) => plural(n, { one: "# file", other: "# files" }),
});

afterEach(() => setLanguage("en"));

function Title() {
  const t = useMessages(messages);
  return (
    <p>
      {t.title}: {t.count(2)}
    </p>
  );
}

test("a component follows the language, and what is not translated stays English", () => {
  addTranslation(messages, "de", { title: "Dateien" });
  render(<Title />);
  expect(screen.getByText("Files: 2 files")).toBeVisible();
  act(() => setLanguage("de"));
  expect(screen.getByText("Dateien: 2 files")).toBeVisible();
});

test("plural forms follow the count", () => {
  expect([messages.english.count(1), messages.english.count(1200)]).toEqual([
    "1 file",
    "1,200 files",
  ]);
});

test("figures are written for people", () => {
  expect(formatPercent(0.9345)).toBe("93.5%");
  expect(formatPercent(null)).toBe("–");
  expect(formatBytes(0)).toBe("0 bytes");
  expect(formatBytes(12_345_678)).toBe("12.3 MB");
  expect(formatClock(250)).toBe("4:10");
  expect(formatClock(3753)).toBe("1:02:33");
  expect(formatRelative(new Date(0), 300_000)).toBe("5 minutes ago");
});
