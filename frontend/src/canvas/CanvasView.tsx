// The drawing board as a component: it wires the engine to the page and renders nothing per shape.
import { useEffect, useRef } from "react";
import { announce } from "@/ui/announce";
import classes from "./CanvasView.module.css";
import type { EditorStore } from "./editor";
import { CanvasEngine } from "./engine";

interface CanvasViewProps {
  editor: EditorStore;
  /** Names the canvas and says how to use it, for screen readers. */
  label: string;
  describedBy?: string;
  readOnly?: boolean;
  onEngine: (engine: CanvasEngine | null) => void;
  onScale?: (scale: number) => void;
  /** More pixels of the image are wanted than its file has. */
  onShort?: () => void;
}

export function CanvasView(props: CanvasViewProps) {
  const { editor, label, describedBy, readOnly = false } = props;
  const base = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!base.current || !overlay.current) return;
    const engine = new CanvasEngine({
      base: base.current,
      overlay: overlay.current,
      editor,
      readOnly,
      say: announce,
      onScale: (scale) => latest.current.onScale?.(scale),
      onShort: () => latest.current.onShort?.(),
    });
    latest.current.onEngine(engine);
    return () => {
      latest.current.onEngine(null);
      engine.destroy();
    };
  }, [editor, readOnly]);
  return (
    <>
      <div
        className={classes.board}
        data-canvas-focus
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys draw on it
        tabIndex={0}
        role="application"
        aria-label={label}
        aria-describedby={describedBy}
      >
        <canvas ref={base} className={classes.layer} />
        <canvas ref={overlay} className={classes.layer} data-testid="canvas" />
      </div>
      <span className="lh-hidden" tabIndex={-1} data-after-canvas />
    </>
  );
}

/** From the canvas, where Tab goes through the shapes, to where it leads on. */
export function leaveCanvas(): void {
  const focused = document.activeElement as HTMLElement | null;
  const after = focused?.matches("[data-canvas-focus]") && focused.nextElementSibling;
  if (after instanceof HTMLElement) after.focus({ preventScroll: true });
  else focused?.blur();
}
