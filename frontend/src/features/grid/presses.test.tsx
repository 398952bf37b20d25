import { fireEvent, render, screen } from "@testing-library/react";
import { useState } from "react";
import { expect, test, vi } from "vitest";
import { usePresses } from "./presses";

const toggled = vi.fn();

/** Tiles whose elements are all made anew when the layout changes, as between rows. */
function Tiles() {
  const [layout, setLayout] = useState(0);
  const presses = usePresses(toggled);
  return (
    <>
      <button type="button" onClick={() => setLayout(layout + 1)}>
        lay out
      </button>
      <div key={layout} {...presses}>
        <button type="button" data-task="7">
          seven
        </button>
        <button type="button" data-task="8">
          eight
        </button>
      </div>
    </>
  );
}

const at = (clientX: number, clientY: number) => ({
  clientX,
  clientY,
  button: 0,
  pointerId: 1,
  isPrimary: true,
});

function show() {
  toggled.mockReset();
  render(<Tiles />);
  return screen.getByText("seven");
}

test("a press counts although the tile went elsewhere before it ended", () => {
  fireEvent.pointerDown(show(), at(20, 20));
  fireEvent.click(screen.getByText("lay out"));
  fireEvent.pointerUp(screen.getByText("eight"), at(21, 20));
  expect(toggled.mock.calls).toEqual([[7]]);
});

test("a press counts once, with the click that follows it", () => {
  const tile = show();
  fireEvent.pointerDown(tile, at(20, 20));
  fireEvent.pointerUp(tile, at(20, 20));
  fireEvent.click(tile, { detail: 1 });
  expect(toggled.mock.calls).toEqual([[7]]);
});

test("a pull, another button and a scroll by finger are no presses", () => {
  const tile = show();
  fireEvent.pointerDown(tile, at(20, 20));
  fireEvent.pointerUp(tile, at(60, 20));
  fireEvent.pointerDown(tile, { ...at(20, 20), button: 2 });
  fireEvent.pointerUp(tile, at(20, 20));
  fireEvent.pointerDown(tile, at(20, 20));
  fireEvent.pointerCancel(tile, at(20, 20));
  fireEvent.pointerUp(tile, at(20, 20));
  expect(toggled).not.toHaveBeenCalled();
});

test("keys and screen readers click without a pointer", () => {
  fireEvent.click(show(), { detail: 0 });
  expect(toggled.mock.calls).toEqual([[7]]);
});
