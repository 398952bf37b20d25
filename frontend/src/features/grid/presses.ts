// Presses on tiles. What was under the pointer when it went down is meant, also where the tiles move
// before it goes up: a browser says "click" only where both happen on one element that stays.
import { type MouseEvent, type PointerEvent, useRef } from "react";

interface Press {
  task: number;
  pointer: number;
  x: number;
  y: number;
}

/** Further than this a press was a pull, in CSS pixels. */
const STILL = 10;

export function usePresses(toggle: (task: number) => void) {
  const press = useRef<Press | null>(null);
  const latest = useRef(toggle);
  latest.current = toggle;
  return {
    onPointerDown(event: PointerEvent) {
      const task = taskUnder(event.target);
      if (task === null || event.button !== 0 || !event.isPrimary) return;
      const { pointerId: pointer, clientX: x, clientY: y } = event;
      press.current = { task, pointer, x, y };
      listen(press, (done) => latest.current(done));
    },
    onClick(event: MouseEvent) {
      // The pointer's own click was counted when it went up; keys and screen readers have no other.
      const task = taskUnder(event.target);
      if (event.detail === 0 && task !== null) latest.current(task);
    },
  };
}

/** Waits on the window for the end of a press: the tile itself may be gone by then. */
function listen(press: { current: Press | null }, toggle: (task: number) => void): void {
  const done = new AbortController();
  const { signal } = done;
  const end = (event: globalThis.PointerEvent) => {
    const { current } = press;
    if (!current || event.pointerId !== current.pointer) return;
    done.abort();
    press.current = null;
    const moved = Math.hypot(event.clientX - current.x, event.clientY - current.y);
    if (event.type === "pointerup" && moved <= STILL) toggle(current.task);
  };
  window.addEventListener("pointerup", end, { signal });
  window.addEventListener("pointercancel", end, { signal });
}

function taskUnder(target: EventTarget): number | null {
  const tile = target instanceof Element ? target.closest<HTMLElement>("[data-task]") : null;
  return tile ? Number(tile.dataset.task) : null;
}
