// A double press of Enter that sends an answer must not send the next one, which nobody has seen
// yet, with its second half.
import { useCallback, useEffect, useRef } from "react";
import { bindingOf } from "./matcher";

/** Nobody looks at another item and answers it in less (milliseconds). */
const TWICE_MS = 300;

interface Press {
  key: string;
  at: number;
  answered: boolean;
}

/** Returns what is to be called when an answer is sent. */
export function useOneAnswerPerEnter(): () => void {
  const last = useRef<Press | null>(null);
  useEffect(() => {
    const forget = () => {
      last.current = null;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const key = bindingOf(event);
      if (key === null) return; // only Ctrl or its like
      const before = last.current;
      const again =
        before?.answered && before.key === key && event.timeStamp - before.at < TWICE_MS;
      if (again) {
        event.preventDefault();
        event.stopImmediatePropagation();
      } else last.current = { key, at: event.timeStamp, answered: false };
    };
    // Before the commands and the page hear of it.
    window.addEventListener("keydown", onKeyDown, true);
    for (const type of ["pointerdown", "input"]) window.addEventListener(type, forget, true);
    return () => {
      window.removeEventListener("keydown", onKeyDown, true);
      for (const type of ["pointerdown", "input"]) window.removeEventListener(type, forget, true);
    };
  }, []);
  return useCallback(() => {
    if (last.current?.key.endsWith("Enter")) last.current.answered = true;
  }, []);
}
