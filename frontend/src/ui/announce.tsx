// The one polite live region.
import { useStore } from "zustand";
import { createStore } from "zustand/vanilla";

const said = createStore<{ text: string; turn: number }>(() => ({ text: "", turn: 0 }));

/** Lets a screen reader say it, after what it is saying. */
export function announce(text: string): void {
  said.setState(({ turn }) => ({ text, turn: turn + 1 }));
}

export function LiveRegion() {
  const { text, turn } = useStore(said);
  return (
    <div className="lh-hidden" role="status" aria-live="polite" data-testid="live-region">
      {/* The same words twice are only said again when the text differs. */}
      {text}
      {turn % 2 ? "\u00a0" : ""}
    </div>
  );
}
