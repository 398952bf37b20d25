// From the key to the painted image, measured inside the page; the end-to-end run reads it.

interface Timing {
  name: "submit-to-painted" | "first-image";
  ms: number;
  task: number;
  /** Whether the image was decoded when its turn came. */
  ready: boolean;
}

declare global {
  interface Window {
    __labelhub?: { timings: Timing[] };
  }
}

const LIMIT = 5000;
const timings: Timing[] = [];
window.__labelhub = { timings };

let pressedAt: number | null = null;
let first = true;

/** Starts the clock at the time of the key or click. */
export function pressed(at: number): void {
  // Scripted events may carry the time of day instead of the time since the page's start.
  pressedAt = Math.min(at, performance.now());
}

/** Called when an image is in the page; takes the time after the frame that shows it. */
export function shown(task: number, ready: boolean): void {
  const from = pressedAt ?? (first ? 0 : null);
  const name = first ? "first-image" : "submit-to-painted";
  pressedAt = null;
  first = false;
  if (from !== null) afterPaint(() => note({ name, ms: performance.now() - from, task, ready }));
}

function note(timing: Timing): void {
  timings.push(timing);
  if (timings.length > LIMIT) timings.shift();
  const { name, ms } = timing;
  performance.measure(`labelhub:${name}`, { start: performance.now() - ms, duration: ms });
}

/** A message posted in a frame callback is handled once that frame has been painted. */
function afterPaint(then: () => void): void {
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      then();
    };
    port2.postMessage(null);
  });
}
