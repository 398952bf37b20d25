// The picture of a line above its field: whole where that is readable, otherwise following the text.
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import type { WorkProps } from "./base";
import { keepFocus } from "./choiceParts";
import { messages } from "./messages";
import { stripFit } from "./strip";
import classes from "./transcription.module.css";

interface LineStripProps extends Pick<WorkProps, "task" | "picture" | "load" | "onShown"> {
  vertical: boolean;
  rightToLeft: boolean;
  /** How far along the line the caret is, in [0, 1]. */
  place: number;
}

const ZOOMS = [1, 1.5, 2, 3, 4] as const;

export function LineStrip(props: LineStripProps) {
  const { task, picture, load, onShown, vertical, rightToLeft, place } = props;
  const t = useMessages(messages);
  const room = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [step, setStep] = useState(0);
  const [failed, setFailed] = useState<number | null>(null);
  const [tries, setTries] = useState(0);
  const zoom = (to: number) => setStep(Math.max(0, Math.min(ZOOMS.length - 1, to)));
  useCommands([
    { id: "strip.in", label: t.zoomIn, keys: ["+"], scope: "answer", run: () => zoom(step + 1) },
    { id: "strip.out", label: t.zoomOut, keys: ["-"], scope: "answer", run: () => zoom(step - 1) },
  ]);

  useEffect(() => {
    const box = room.current;
    if (!box) return;
    const watch = new ResizeObserver(([entry]) => entry && setSize(entry.contentRect));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another task or try loads anew
  useLayoutEffect(() => {
    const loaded = load();
    loaded.element.alt = t.lineImage(picture.filename);
    frame.current?.replaceChildren(loaded.element);
    if (loaded.state === "ready") {
      onShown(true);
      return;
    }
    let wanted = true;
    void loaded.ready.then((ready) => {
      if (!wanted) return;
      if (ready) onShown(false);
      else setFailed(task);
    });
    return () => {
      wanted = false;
    };
  }, [task, tries]);

  const fit = stripFit(picture, size, ZOOMS[step] ?? 1, vertical);
  useEffect(() => {
    const box = room.current;
    if (!box || !fit.wide) return;
    if (vertical) box.scrollTop = place * fit.height - size.height / 2;
    else {
      const at = rightToLeft ? 1 - place : place;
      box.scrollLeft = at * fit.width - size.width / 2;
    }
  }, [place, fit.wide, fit.width, fit.height, size, vertical, rightToLeft]);

  return (
    <div className={classes.stripArea}>
      <div
        className={classes.strip}
        ref={room}
        data-testid="stage"
        data-task={task}
        {...(fit.wide ? { tabIndex: 0, role: "region", "aria-label": t.lineRegion } : {})}
      >
        <div
          className={classes.frame}
          ref={frame}
          style={{ width: fit.width, height: fit.height }}
        />
      </div>
      {failed === task && (
        <p className={classes.failed} role="alert">
          {t.imageFailed}{" "}
          <button
            type="button"
            className={classes.small}
            onClick={() => {
              setFailed(null);
              setTries(tries + 1);
            }}
          >
            {t.imageRetry}
          </button>
        </p>
      )}
      <div className={classes.zooms}>
        <button
          type="button"
          className={classes.small}
          aria-label={t.zoomOut}
          disabled={step === 0}
          onMouseDown={keepFocus}
          onClick={() => zoom(step - 1)}
        >
          <Icon name="minus" size={14} />
        </button>
        <button
          type="button"
          className={classes.small}
          aria-label={t.zoomIn}
          disabled={step === ZOOMS.length - 1}
          onMouseDown={keepFocus}
          onClick={() => zoom(step + 1)}
        >
          <Icon name="plus" size={14} />
        </button>
      </div>
    </div>
  );
}
