import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Vote } from "@/api/types";
import { Providers } from "@/test/Providers";
import { Voter } from "./Votes";

function show(proposal: Partial<NonNullable<Vote["proposal"]>> | null): void {
  const whole = { answer: { choice: "4" }, confidence: 0.75, version: 3, source: "" };
  const vote = {
    ...{ id: 1, labeler: 1, labeler_name: "Ana", answer: { choice: "9" }, version: 1 },
    ...{ source: "browser", duration_ms: null, created_at: new Date().toISOString() },
    proposal: proposal && { ...whole, taken: false, same: false, ...proposal },
  } as unknown as Vote;
  render(
    <Providers>
      <Voter vote={vote} skill={undefined} words={(answer) => String(answer.choice)} />
    </Providers>,
  );
}

test.each([
  [{ taken: true, same: true }, "took it"],
  [{ taken: true, same: false }, "took it and changed it"],
  [{ taken: false, same: true }, "gave the same without taking it"],
  [{ taken: false, same: false }, "answered otherwise"],
])("a vote tells of the proposal that was in view: %j", (part, outcome) => {
  show(part);
  expect(screen.getByTestId("seen-proposal")).toHaveTextContent(
    `Saw the proposal “4” of model 3 · 75% · ${outcome}`,
  );
});

test("an imported proposal names its source", () => {
  show({ version: null, confidence: null, source: "old tool" });
  expect(screen.getByTestId("seen-proposal")).toHaveTextContent("“4” of old tool");
});

test("a vote without a proposal says nothing of one", () => {
  show(null);
  expect(screen.queryByTestId("seen-proposal")).not.toBeInTheDocument();
});
