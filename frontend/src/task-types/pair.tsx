// Two pictures side by side: same, different, or nobody can tell. Held down, Space swaps them.

import { useLayoutEffect, useRef, useState } from "react";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import type { ItemPicture, LoadedPicture, TaskType, WorkProps } from "./base";
import { choice } from "./choice";
import { keepFocus } from "./choiceParts";
import { messages } from "./messages";
import classes from "./pair.module.css";

function PairWork(props: WorkProps) {
  const { task, picture, load, loadOther, onShown, children } = props;
  const other = picture.other ?? null;
  const t = useMessages(messages);
  const [flipped, setFlipped] = useState(false);
  useCommands([
    {
      id: "pair.flip",
      label: t.flip,
      keys: ["Space"],
      scope: "answer",
      enabled: () => other !== null,
      run: () => setFlipped(true),
      release: () => setFlipped(false),
    },
  ]);
  const hold = {
    onPointerDown: () => setFlipped(true),
    onPointerUp: () => setFlipped(false),
    onPointerLeave: () => setFlipped(false),
    onPointerCancel: () => setFlipped(false),
  };
  if (!other) return <p className={classes.missing}>{t.otherMissing}</p>;
  const wide = picture.width + other.width > 3 * Math.max(picture.height, other.height);
  return (
    <div className={classes.work} data-testid="stage" data-task={task} data-flipped={flipped}>
      <div className={classes.pair} data-wide={wide || undefined} {...hold}>
        <Side name="A" {...{ task, flipped, picture, load, onShown }} over={other} />
        <Side name="B" {...{ task, flipped }} picture={other} load={loadOther} over={picture} />
      </div>
      <button
        type="button"
        className={classes.flip}
        aria-pressed={flipped}
        onMouseDown={keepFocus}
        onClick={() => setFlipped(!flipped)}
      >
        {t.flip} <CommandKey id="pair.flip" keys={["Space"]} />
      </button>
      {children}
      <div className={classes.answers}>
        <choice.Answer {...props} />
      </div>
    </div>
  );
}

interface SideProps {
  name: "A" | "B";
  task: number;
  picture: ItemPicture;
  load: () => LoadedPicture | null;
  /** What takes its place while they are swapped. */
  over: ItemPicture;
  flipped: boolean;
  onShown?: (ready: boolean) => void;
}

function Side({ name, task, picture, load, over, flipped, onShown }: SideProps) {
  const t = useMessages(messages);
  const frame = useRef<HTMLDivElement>(null);
  const [failed, setFailed] = useState<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another task loads anew
  useLayoutEffect(() => {
    const loaded = load();
    if (!loaded) return;
    loaded.element.alt = t.pictureOf(name, picture.filename);
    frame.current?.replaceChildren(loaded.element);
    if (loaded.state === "ready") {
      onShown?.(true);
      return;
    }
    let wanted = true;
    void loaded.ready.then((ready) => {
      if (!wanted) return;
      if (ready) onShown?.(false);
      else setFailed(task);
    });
    return () => {
      wanted = false;
    };
  }, [task]);
  const shownName = flipped ? { A: "B", B: "A" }[name] : name;
  return (
    <figure className={classes.side}>
      <div className={classes.room}>
        <div className={classes.picture} data-hidden={flipped || undefined} ref={frame} />
        <img
          className={classes.over}
          data-hidden={!flipped || undefined}
          src={over.image_url}
          alt=""
          draggable={false}
        />
        {failed === task && (
          <p className={classes.failed} role="alert">
            {t.imageFailed}
          </p>
        )}
      </div>
      <figcaption className={classes.caption}>{shownName}</figcaption>
    </figure>
  );
}

export const pair: TaskType = {
  Work: PairWork,
  describe: choice.describe,
  needsSide: () => false,
};
