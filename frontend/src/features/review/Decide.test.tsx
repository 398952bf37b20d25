import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { TaskWithVotes } from "@/api/types";
import { listen } from "@/commands/registry";
import { Providers } from "@/test/Providers";
import { Decide } from "./Decide";

const document_ = { labels: [..."0123456789"].map((name) => ({ name })) };

const vote = (id: number, name: string, choice: string) => ({
  id,
  labeler: id,
  labeler_name: name,
  answer: { choice },
  version: 1,
  schema_version: 1,
  duration_ms: 1500,
  source: "browser",
  created_at: new Date().toISOString(),
});

function show(part: Partial<TaskWithVotes> = {}) {
  const task = {
    id: 5,
    own_work: false,
    votes_cast: [vote(1, "Mara", "4"), vote(2, "Ana", "9"), vote(3, "Li", "9")],
    consensus: { distribution: { "4": 0.86, "9": 0.14 } },
    score: null,
    flags_raised: [],
    decisions: [],
    ...part,
  } as unknown as TaskWithVotes;
  const onDecide = vi.fn();
  const onSkip = vi.fn();
  render(
    <Providers>
      <Decide
        task={task}
        document={document_}
        skills={new Map([[1, 0.95]])}
        words={(answer) => `a ${answer.choice}`}
        decided={undefined}
        onDecide={onDecide}
        onSkip={onSkip}
        onBack={null}
        onReopen={null}
        onAnew={null}
        origin={null}
      />
    </Providers>,
  );
  return { onDecide, onSkip };
}

// A text field that grows listens for late fonts; jsdom has none.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

test("Enter accepts what the consensus holds likeliest, a digit decides otherwise", async () => {
  const { onDecide } = show();
  await userEvent.keyboard("{Enter}");
  await userEvent.keyboard("7");
  expect(onDecide.mock.calls).toEqual([
    ["4", ""],
    ["7", ""],
  ]);
});

test("a note written by keyboard goes with the decision, and its digits decide nothing", async () => {
  const { onDecide } = show();
  await userEvent.keyboard("n");
  await userEvent.keyboard("line 9{Escape}{Enter}");
  expect(onDecide.mock.calls).toEqual([["4", "line 9"]]);
});

test("one's own work cannot be decided, neither by key nor by click", async () => {
  const { onDecide, onSkip } = show({ own_work: true });
  await userEvent.keyboard("{Enter}4");
  for (const button of screen.getAllByRole("button", { name: /^Decide/ })) {
    expect(button).toBeDisabled();
  }
  expect(onDecide).not.toHaveBeenCalled();
  await userEvent.keyboard("s");
  expect(onSkip).toHaveBeenCalledOnce();
});

test("each answer shows who gave it and how often they are right", () => {
  show();
  const first = screen.getByRole("list", { name: "1 vote" });
  expect(first).toHaveTextContent("Mara");
  expect(first).toHaveTextContent("right 95% of the time");
  expect(screen.getByRole("list", { name: "2 votes" })).toHaveTextContent("Ana");
});
