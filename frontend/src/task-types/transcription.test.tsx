import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { JsonObject } from "@/api/types";
import { type Command, listen } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { Providers } from "@/test/Providers";
import type { Suggestion, WorkProps } from "./base";
import { readingPlace, stripFit } from "./strip";
import { cleaned, completes, stretches, surplus, textSchema } from "./textSchema";
import { transcription } from "./transcription";

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

const onSubmit = vi.fn();
const picture = { image_url: "/a", thumb_url: "/t", width: 800, height: 40, filename: "l.png" };
const load = (): ReturnType<WorkProps["load"]> => ({
  element: new Image(),
  ready: Promise.resolve(true),
  state: "ready",
});

function Held({
  schema = {},
  suggestion = null,
}: {
  schema?: JsonObject;
  suggestion?: Suggestion | null;
}) {
  const [answer, setAnswer] = useState<JsonObject | null>(null);
  const [task, setTask] = useState(1);
  const Work = transcription.Work as NonNullable<typeof transcription.Work>;
  return (
    <Work
      {...{ schema, suggestion, answer, task, picture, load }}
      project={1}
      submitAtOnce
      guide={null}
      loadOther={() => null}
      onShown={() => {}}
      onChange={setAnswer}
      onSubmit={(given) => {
        onSubmit(given);
        setAnswer(null);
        setTask(task + 1);
      }}
    >
      {null}
    </Work>
  );
}

function show(props: Parameters<typeof Held>[0] = {}) {
  onSubmit.mockReset();
  render(
    <Providers>
      <Held {...props} />
    </Providers>,
  );
  return screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Text of the line" });
}

const submitted = () => onSubmit.mock.calls.map(([given]) => given);

test("lines are written one after the other without leaving the field", async () => {
  const field = show();
  await userEvent.keyboard("Bahnhofstraße{Enter}Am Tor 3{Enter}");
  expect(submitted()).toEqual([{ text: "Bahnhofstraße" }, { text: "Am Tor 3" }]);
  expect(document.activeElement).toBe(field);
});

test("an empty line is not saved: the screen says what to do", async () => {
  show();
  await userEvent.keyboard("{Enter}");
  expect(submitted()).toEqual([]);
  expect(screen.getByText(/Write what you read first/)).toBeVisible();
});

test("Enter while a script is being composed belongs to the composition", () => {
  const field = show();
  fireEvent.change(field, { target: { value: "한" } });
  fireEvent.keyDown(field, { key: "Enter", code: "Enter", isComposing: true });
  expect(submitted()).toEqual([]);
});

test("Shift+Enter breaks the line where the project takes several", async () => {
  show({ schema: { multiline: true } });
  await userEvent.keyboard("one{Shift>}{Enter}{/Shift}two{Enter}");
  expect(submitted()).toEqual([{ text: "one\ntwo" }]);
});

test("Alt+U on an empty line says that nothing can be read, in a text it marks the place", async () => {
  show();
  await userEvent.keyboard("{Alt>}u{/Alt}{Enter}");
  await userEvent.keyboard("am {Alt>}u{/Alt}{Enter}");
  expect(submitted()).toEqual([{ text: "", illegible: true }, { text: "am [?]" }]);
});

test("Tab takes a proposal that what is typed begins, and is free otherwise", async () => {
  const suggestion = {
    ...{ answer: { text: "Am Tor 3" }, confidence: 0.7, characters: null },
    ...{ version: null, source: "reader" },
  };
  const field = show({ suggestion });
  expect(screen.getByText("reader · 70%")).toBeVisible();
  await userEvent.keyboard("Am");
  await userEvent.tab();
  expect(field).toHaveValue("Am Tor 3");
  await userEvent.keyboard("{Enter}Im{Tab}");
  expect(submitted()).toEqual([{ text: "Am Tor 3" }]);
  expect(document.activeElement).not.toBe(field);
});

test("the project's characters are put in by click or by Alt and a digit", async () => {
  const field = show({ schema: { palette: ["ſ", "ꝛ"] } });
  await userEvent.keyboard("da{Alt>}1{/Alt}");
  await userEvent.click(screen.getByRole("button", { name: "Insert ꝛ" }));
  expect(field).toHaveValue("daſꝛ");
});

test("Escape leaves the field, so that single keys are commands again, and T returns", async () => {
  const field = show();
  await userEvent.keyboard("{Escape}");
  expect(document.activeElement).not.toBe(field);
  await userEvent.keyboard("t");
  expect(document.activeElement).toBe(field);
  expect(field).toHaveValue("");
});

test("the field is written from right to left, or downwards, as the schema says", () => {
  expect(show({ schema: { direction: "rtl" } })).toHaveAttribute("dir", "rtl");
});

test("what is sent keeps the normal form that was typed", () => {
  expect(cleaned("e\u0301 \r\n", true)).toBe("e\u0301");
  expect(cleaned("a\tb\u0007\nc", false)).toBe("a b c");
});

test("characters are counted as people do, not as code units", () => {
  expect(surplus("𝔄𝔅", textSchema({ max_length: 2 }))).toBe(0);
  expect(surplus("𝔄𝔅ℭ", textSchema({ max_length: 2 }))).toBe(1);
});

test("a proposal is cut where the model grows unsure", () => {
  expect(stretches("abc", [0.9, 0.5, 0.95])).toEqual([
    { text: "a", uncertain: false },
    { text: "b", uncertain: true },
    { text: "c", uncertain: false },
  ]);
  expect(stretches("abc", null)).toEqual([{ text: "abc", uncertain: false }]);
});

test("a proposal completes only what it begins with", () => {
  expect(completes("", "abc")).toBe(true);
  expect(completes("ab", "abc")).toBe(true);
  expect(completes("b", "abc")).toBe(false);
  expect(completes("abc", "abc")).toBe(false);
});

test("a long line stays readable and scrolls with the caret; a short one is shown whole", () => {
  const narrow = { width: 374, height: 300 };
  expect(stripFit({ width: 2000, height: 60 }, narrow, 1)).toMatchObject({ wide: true });
  expect(stripFit({ width: 200, height: 60 }, narrow, 1)).toMatchObject({ wide: false });
  expect(readingPlace(0, 0, { width: 2000, height: 60 })).toBe(0);
  expect(readingPlace(80, 80, { width: 2000, height: 60 })).toBe(1);
});

test("arrows lead from line to line, and through a text of several rows", async () => {
  const seen = vi.fn();
  const previous = { id: "label.previous", label: "", keys: [], scope: "screen" as const };
  const { rerender } = render(<OneCommand {...previous} run={seen} />);
  const field = show();
  await userEvent.keyboard("one{ArrowUp}");
  expect(seen).toHaveBeenCalledTimes(1);
  vi.spyOn(field, "scrollHeight", "get").mockReturnValue(64);
  vi.spyOn(window, "getComputedStyle").mockReturnValue({
    lineHeight: "24px",
    paddingTop: "8px",
    paddingBottom: "8px",
  } as CSSStyleDeclaration);
  await userEvent.keyboard("{ArrowUp}");
  expect(seen).toHaveBeenCalledTimes(1);
  rerender(<i />);
});

function OneCommand(command: Command) {
  useCommands([command]);
  return null;
}

const page = {
  id: 7,
  image_url: "/media/7/screen?e=1",
  filename: "page.jpg",
  width: 400,
  height: 300,
  polygon: [
    [40, 30],
    [340, 30],
    [340, 60],
  ],
};

test("a line of a page is outlined on it, and the page can be put away for good", async () => {
  vi.stubGlobal("ResizeObserver", WideRoom);
  const { unmount } = render(<Work picture={{ ...picture, page }} />);
  expect(screen.getByAltText("Page page.jpg; the line is outlined")).toBeVisible();
  expect(screen.getByTestId("line-outline").getAttribute("points")?.split(" ")).toHaveLength(3);
  await userEvent.click(screen.getByRole("button", { name: "Hide the page" }));
  unmount();
  render(<Work picture={{ ...picture, page }} />);
  expect(screen.queryByTestId("page")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Show the page" }));
  expect(screen.getByTestId("page")).toBeVisible();
});

/** A room of 800 by 300, which jsdom does not lay out. */
class WideRoom {
  constructor(private readonly told: ResizeObserverCallback) {}
  observe() {
    const entry = { contentRect: { width: 800, height: 300 } };
    this.told([entry as ResizeObserverEntry], this as never);
  }
  disconnect() {}
}

function Work(props: Pick<WorkProps, "picture">) {
  const Shown = transcription.Work as NonNullable<typeof transcription.Work>;
  const rest = { schema: {}, suggestion: null, answer: null, task: 1, project: 1, guide: null };
  return (
    <Providers>
      <Shown
        {...{ ...rest, ...props, load }}
        submitAtOnce
        loadOther={() => null}
        onShown={() => {}}
        onChange={() => {}}
        onSubmit={() => {}}
      >
        {null}
      </Shown>
    </Providers>
  );
}
