// Two pictures side by side: same, different, or nobody can tell. Held down, Space swaps them.

import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { JsonObject } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { textOf, useMessages } from "@/i18n/messages";
import { messages as common } from "@/ui/messages";
import type { ItemPicture, LoadedPicture, TaskType, WorkProps } from "./base";
import { choice } from "./choice";
import { keepFocus } from "./choiceParts";
import { allLabels } from "./choiceSchema";
import { messages } from "./messages";
import classes from "./pair.module.css";

/** The answers that a pair question has by itself, in the reader's language; a project's own words stay. */
function translated(schema: JsonObject, t: (typeof messages)["english"]): JsonObject {
  const own: Record<string, string> = {
    same: t.pair_same,
    different: t.pair_different,
    cannot_tell: t.pair_cannot_tell,
  };
  const english = messages.english;
  const given: Record<string, string> = {
    same: english.pair_same,
    different: english.pair_different,
    cannot_tell: english.pair_cannot_tell,
  };
  const labels = allLabels(schema).map((label) => {
    const title = label.title === given[label.name] ? own[label.name] : label.title;
    return { ...label, title } as JsonObject;
  });
  return { ...schema, labels };
}

function PairWork(props: WorkProps) {
  const { task, picture, load, loadOther, onShown, children } = props;
  const other = picture.other ?? null;
  const t = useMessages(messages);
  const schema = useMemo(() => translated(props.schema, t), [props.schema, t]);
  const [flipped, setFlipped] = useState(false);
  const [tries, setTries] = useState(0);
  const onRetry = () => setTries(tries + 1);
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
      <div className={classes.pair} data-wide={wide || undefined} key={tries} {...hold}>
        <Side name="A" {...{ task, flipped, picture, load, onShown, onRetry }} over={other} />
        <Side
          name="B"
          {...{ task, flipped, onRetry }}
          picture={other}
          load={loadOther}
          over={picture}
        />
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
        <choice.Answer {...props} schema={schema} />
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
  /** Loads both anew, also where one lies over the other. */
  onRetry: () => void;
}

function Side({ name, task, picture, load, over, flipped, onShown, onRetry }: SideProps) {
  const t = useMessages(messages);
  const { tryAgain } = useMessages(common);
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
          <div className={classes.failed} role="alert">
            {t.imageFailed}
            <button type="button" className={classes.flip} onClick={onRetry}>
              {tryAgain}
            </button>
          </div>
        )}
      </div>
      <figcaption className={classes.caption}>{shownName}</figcaption>
    </figure>
  );
}

export const pair: TaskType = {
  Work: PairWork,
  describe: (answer, schema) => choice.describe(answer, translated(schema, textOf(messages))),
  needsSide: () => false,
};
