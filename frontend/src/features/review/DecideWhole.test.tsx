import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Project, TaskWithVotes } from "@/api/types";
import { listen } from "@/commands/registry";
import { boxes } from "@/task-types/boxes";
import { Providers } from "@/test/Providers";
import { DecideWhole } from "./DecideWhole";
import { proposalsOn } from "./proposals";

const schema = { labels: [{ name: "face" }] };
const project = {
  id: 1,
  task_type: "boxes",
  schema: { version: 1, document: schema },
} as unknown as Project;
const box = { label: "face", x: 1, y: 1, width: 5, height: 5 };
const vote = (id: number, name: string, count: number) => ({
  id,
  labeler: id,
  labeler_name: name,
  answer: { boxes: Array.from({ length: count }, () => box) },
  version: 1,
  duration_ms: null,
  source: "browser",
  created_at: new Date().toISOString(),
});

function show(part: object = {}) {
  const task = {
    id: 5,
    own_work: false,
    votes_cast: [vote(11, "Lena", 1), vote(12, "Noor", 2)],
    consensus: { answer: { boxes: [box] }, confidence: 0.7, adjudicated: false, detail: {} },
    flags_raised: [],
    decisions: [],
    ...part,
  } as unknown as TaskWithVotes;
  const calls = { onDecide: vi.fn(), onToggle: vi.fn(), onAnew: vi.fn(), onReopen: vi.fn() };
  const proposals = proposalsOn(task, (answer) => boxes.describe(answer, schema));
  render(
    <Providers>
      <DecideWhole
        project={project}
        type={boxes}
        document={schema}
        task={task}
        proposals={proposals}
        skills={new Map()}
        note=""
        onNote={() => {}}
        decided={undefined}
        hidden={new Set()}
        onSkip={() => {}}
        onBack={null}
        origin={null}
        {...calls}
      />
    </Providers>,
  );
  return calls;
}

// A text field that grows listens for late fonts; jsdom has none.
Object.defineProperty(document, "fonts", { value: new EventTarget(), configurable: true });

let stop: () => void;
beforeEach(() => {
  stop = listen();
});
afterEach(() => stop());

test("Enter takes the merged answer, digits somebody's vote, E an answer of one's own", async () => {
  const { onDecide, onAnew } = show();
  await userEvent.keyboard("{Enter}2e");
  expect(onDecide.mock.calls).toEqual([
    [{ merge: true }, "face"],
    [{ accept: 12 }, "2 × face"],
  ]);
  expect(onAnew).toHaveBeenCalledOnce();
});

test("Shift with a digit shows or hides what somebody drew, and decides nothing", async () => {
  const { onToggle, onDecide } = show();
  await userEvent.keyboard("{Shift>}[Digit2]{/Shift}");
  expect(onToggle.mock.calls).toEqual([["vote 12"]]);
  expect(onDecide).not.toHaveBeenCalled();
});

test("one's own work cannot be decided in any way", async () => {
  const { onDecide, onAnew } = show({ own_work: true });
  await userEvent.keyboard("{Enter}12e");
  expect(onDecide).not.toHaveBeenCalled();
  expect(onAnew).not.toHaveBeenCalled();
  expect(screen.getByRole("button", { name: /Answer it yourself/ })).toBeDisabled();
});

test("a decision that stands is named with who took it, and can be taken back by key", async () => {
  const decision = { id: 1, reviewer: "Rita", answer: {}, note: "", reopened_at: null };
  const { onReopen } = show({ decisions: [decision] });
  expect(screen.getByText("Decided by Rita")).toBeInTheDocument();
  await userEvent.keyboard("r");
  expect(onReopen).toHaveBeenCalledOnce();
});
