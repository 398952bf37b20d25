import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { listen } from "@/commands/registry";
import { addTranslation, setLanguage } from "@/i18n/messages";
import { Providers } from "@/test/Providers";
import type { WorkProps } from "./base";
import { messages } from "./messages";
import { pair } from "./pair";

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

const onSubmit = vi.fn();
const schema = {
  labels: [
    { name: "same", title: "Same" },
    { name: "different", title: "Different" },
    { name: "cannot_tell", title: "Cannot tell" },
  ],
};
const face = (name: string) => ({
  image_url: `/${name}`,
  thumb_url: `/${name}`,
  width: 92,
  height: 112,
  filename: `${name}.png`,
});
const load = (): ReturnType<WorkProps["load"]> => ({
  element: new Image(),
  ready: Promise.resolve(true),
  state: "ready",
});

function show(part: Partial<WorkProps> = {}) {
  onSubmit.mockReset();
  const Work = pair.Work as NonNullable<typeof pair.Work>;
  const props = {
    ...{ schema, answer: null, suggestion: null, submitAtOnce: true, project: 1, task: 7 },
    ...{ picture: { ...face("a"), other: face("b") }, load, loadOther: load },
    ...{ guide: null, children: null, onShown: vi.fn(), onChange: vi.fn(), onSubmit },
    ...part,
  };
  render(
    <Providers>
      <Work {...props} />
    </Providers>,
  );
}

test("1, 2 and 3 are same, different and cannot tell", async () => {
  show();
  await userEvent.keyboard("123");
  expect(onSubmit.mock.calls.map(([given]) => given.choice)).toEqual([
    "same",
    "different",
    "cannot_tell",
  ]);
});

test("both pictures are there by name", () => {
  show();
  expect(screen.getByAltText("Picture A: a.png")).toBeInTheDocument();
  expect(screen.getByAltText("Picture B: b.png")).toBeInTheDocument();
});

test("while Space is held each picture stands in the other's place", async () => {
  show();
  const user = userEvent.setup();
  await user.keyboard("{ >}");
  expect(screen.getByTestId("stage")).toHaveAttribute("data-flipped", "true");
  await user.keyboard("{/ }");
  expect(screen.getByTestId("stage")).toHaveAttribute("data-flipped", "false");
});

test("a pair without its second picture says so", () => {
  show({ picture: face("a") });
  expect(screen.getByText(/second picture of this pair is missing/)).toBeVisible();
});

test("its own answers are in the reader's language, and a project's words stay as they are", async () => {
  addTranslation(messages, "de", {
    pair_different: "Verschieden",
    pair_cannot_tell: "Nicht zu erkennen",
  });
  act(() => setLanguage("de"));
  const [, second, third] = schema.labels;
  const own = { labels: [{ name: "same", title: "One hand" }, second, third] };
  try {
    show({ schema: own as WorkProps["schema"] });
    for (const name of [/One hand/, /Verschieden/, /Nicht zu erkennen/]) {
      expect(screen.getByRole("button", { name })).toBeVisible();
    }
    expect(pair.describe({ choice: "different" }, schema).text).toBe("Verschieden");
  } finally {
    act(() => setLanguage("en"));
  }
});

test("a picture that failed to load is tried again by a button", async () => {
  const failed: ReturnType<WorkProps["load"]> = {
    element: new Image(),
    ready: Promise.resolve(false),
    state: "failed",
  };
  const loadOther = vi.fn(load).mockReturnValueOnce(failed);
  show({ loadOther });
  expect(await screen.findByRole("alert")).toHaveTextContent("cannot be loaded");
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(loadOther).toHaveBeenCalledTimes(2);
  expect(screen.queryByRole("alert")).toBeNull();
  expect(screen.getByAltText("Picture B: b.png")).toBeInTheDocument();
});
