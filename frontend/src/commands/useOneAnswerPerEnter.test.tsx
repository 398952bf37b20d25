import { render } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { useOneAnswerPerEnter } from "./useOneAnswerPerEnter";

/** Answers at each Enter that it hears of. */
function show() {
  const answer = vi.fn();
  function Work() {
    const answered = useOneAnswerPerEnter();
    return (
      <textarea
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          answer();
          answered();
        }}
      />
    );
  }
  const field = render(<Work />).container.querySelector("textarea") as HTMLTextAreaElement;
  const press = (key: string, at: number) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: at });
    field.dispatchEvent(event);
  };
  return { answer, field, press };
}

test("the second half of a double press answers nothing", () => {
  const { answer, press } = show();
  press("Enter", 1000);
  press("Control", 1080);
  press("Enter", 1120);
  expect(answer).toHaveBeenCalledTimes(1);
  press("Enter", 1450);
  expect(answer).toHaveBeenCalledTimes(2);
});

test("what is done in between makes it another answer", () => {
  const { answer, field, press } = show();
  press("Enter", 1000);
  press("a", 1050);
  press("Enter", 1100);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  press("Enter", 1150);
  expect(answer).toHaveBeenCalledTimes(3);
});
