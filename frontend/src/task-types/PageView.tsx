// The page that a line was cut out of, with the line outlined: what stands before and after it.
import { useEffect, useRef, useState } from "react";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import type { LinePage, Neighbour, WorkProps } from "./base";
import { keepFocus } from "./choiceParts";
import { messages } from "./messages";
import classes from "./PageView.module.css";
import { outlineOn, pageView } from "./pageWindow";

type Mode = "line" | "page" | "off";

interface PageViewProps extends Pick<WorkProps, "task" | "around"> {
  page: LinePage;
}

export function PageView({ page, task, around }: PageViewProps) {
  const t = useMessages(messages);
  const [mode, setMode] = useState<Mode>(() => readSetting<Mode>("page-of-line", "line"));
  const choose = (next: Mode) => {
    setMode(next);
    writeSetting("page-of-line", next);
  };
  const turn = () => choose(mode === "line" ? "page" : "line");
  useCommands([
    {
      id: "text.page",
      label: t.pageToggle,
      keys: ["Alt+P"],
      scope: "answer",
      whileTyping: true,
      run: turn,
    },
  ]);
  if (mode === "off") {
    return (
      <div className={classes.closed}>
        <button type="button" onMouseDown={keepFocus} onClick={() => choose("line")}>
          {t.pageShow}
        </button>
      </div>
    );
  }
  return (
    <section className={classes.page} aria-label={t.pageOf(page.filename)} data-testid="page">
      <OnPage page={page} task={task} neighbours={around?.() ?? []} whole={mode === "page"} />
      <div className={classes.buttons}>
        <button type="button" aria-pressed={mode === "page"} onMouseDown={keepFocus} onClick={turn}>
          {t.pageWhole} <CommandKey id="text.page" keys={["Alt+P"]} />
        </button>
        <button type="button" onMouseDown={keepFocus} onClick={() => choose("off")}>
          {t.pageHide}
        </button>
      </div>
    </section>
  );
}

interface OnPageProps {
  page: LinePage;
  task: number;
  neighbours: readonly Neighbour[];
  whole: boolean;
}

function OnPage({ page, task, neighbours, whole }: OnPageProps) {
  const t = useMessages(messages);
  const room = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = room.current;
    if (!box) return;
    const watch = new ResizeObserver(([entry]) => entry && setSize(entry.contentRect));
    watch.observe(box);
    return () => watch.disconnect();
  }, []);
  const address = useAddress(page);
  const view = pageView(page.polygon, page, size, whole);
  const done = neighbours.filter(
    (one) => one.answered && one.task !== task && one.page?.id === page.id,
  );
  return (
    <div className={classes.room} ref={room}>
      {size.width > 0 && (
        <>
          <img
            key={page.id}
            className={classes.picture}
            src={address}
            alt={t.pageImage(page.filename)}
            draggable={false}
            style={{
              width: page.width * view.scale,
              height: page.height * view.scale,
              transform: `translate(${view.x}px, ${view.y}px)`,
            }}
          />
          <svg className={classes.outlines} aria-hidden="true">
            {done.map((one) => (
              <polygon
                key={one.task}
                className={classes.done}
                points={outlineOn(one.page?.polygon ?? [], view)}
              />
            ))}
            <polygon className={classes.casing} points={outlineOn(page.polygon, view)} />
            <polygon
              className={classes.line}
              data-testid="line-outline"
              points={outlineOn(page.polygon, view)}
            />
          </svg>
        </>
      )}
    </div>
  );
}

/** The first address of a page that was seen: signed anew it would be loaded anew for each line. */
function useAddress(page: LinePage): string {
  const known = useRef(page);
  if (known.current.id !== page.id) known.current = page;
  return known.current.image_url;
}
