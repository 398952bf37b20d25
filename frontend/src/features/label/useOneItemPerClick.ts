// A double click that answers an item must not answer the next one with its second half. What only
// leads elsewhere, such as two quick taps on "Previous", is marked `data-steps` and goes through.
import { type MouseEvent, useRef } from "react";

/** To be put on what holds the answers' buttons; `task` is the one on the screen. */
export function useOneItemPerClick(task: number | null) {
  const first = useRef(task);
  return (event: MouseEvent) => {
    // Clicks in a row, in one place, count up in `detail`; keys and scripts click with 0.
    if (event.detail < 2) first.current = task;
    else if (first.current !== task && !(event.target as Element).closest("[data-steps]")) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}
