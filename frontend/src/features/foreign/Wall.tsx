// A wall of pictures: choose some by click or key, then say what they are.
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { formatPercent, useMessages } from "@/i18n/messages";
import { placeAfter } from "@/lib/gridPlaces";
import { announce } from "@/ui/announce";
import { notifyProblem } from "@/ui/notify";
import { Empty, Loading, Problem } from "@/ui/states";
import { messages } from "./messages";
import { type Decision, type ForeignItem, type Lane, useDecision, useForeign } from "./requests";
import { among, clicked, NOTHING } from "./selection";
import classes from "./Wall.module.css";

const RARE = 0.001;
/** What can be said of the items of a lane. */
const SAYS: Record<Lane, readonly Lane[]> = {
  waiting: ["belongs", "aside"],
  aside: ["waiting", "belongs"],
  belongs: ["waiting", "aside"],
};
const SAY = { belongs: "doBelongs", aside: "doAside", waiting: "doWaiting" } as const;
const DONE = { belongs: "done_belongs", aside: "done_aside", waiting: "done_waiting" } as const;
const KEYS: Record<Lane, string> = { belongs: "b", aside: "a", waiting: "t" };

export function Wall({ project, lane }: { project: number; lane: Lane }) {
  const t = useMessages(messages);
  const { rows, query } = useForeign(project, lane);
  const [selection, setSelection] = useState(NOTHING);
  const [last, setLast] = useState<Decision | null>(null);
  const decision = useDecision(project);
  const tasks = rows.map(({ task }) => task);
  const chosen = among(selection.chosen, tasks);

  const say = (state: Lane, about: number[], undoes: Lane | null) =>
    decision.mutate(
      { tasks: about, state },
      {
        onError: notifyProblem,
        onSuccess: (answer) => {
          announce(t[DONE[state]](answer.tasks.length));
          setSelection(NOTHING);
          setLast(undoes === null ? null : { tasks: answer.tasks, state });
        },
      },
    );
  const undo = () => last && say(lane, last.tasks, null);
  useCommands([
    ...SAYS[lane].map((state) => ({
      id: `foreign.${state}`,
      label: t[SAY[state]],
      keys: [KEYS[state]],
      scope: "screen" as const,
      enabled: () => chosen.length > 0 && !decision.isPending,
      run: () => say(state, chosen, lane),
    })),
    {
      id: "foreign.all",
      label: t.selectAll,
      keys: ["Mod+a"],
      scope: "screen" as const,
      enabled: () => tasks.length > 0,
      run: () => setSelection({ chosen: new Set(tasks), last: null }),
    },
    {
      id: "foreign.none",
      label: t.selectNone,
      keys: ["Escape"],
      scope: "screen" as const,
      enabled: () => chosen.length > 0,
      run: () => setSelection(NOTHING),
    },
    {
      id: "foreign.undo",
      label: t.undo,
      keys: ["Mod+z"],
      scope: "screen" as const,
      enabled: () => last !== null,
      run: undo,
    },
  ]);
  if (query.isPending) return <Loading />;
  if (query.error && rows.length === 0) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  const undoBar = last && (
    <span className={classes.undo}>
      {t[DONE[last.state]](last.tasks.length)}
      <Button variant="default" size="compact-sm" loading={decision.isPending} onClick={undo}>
        {t.undo}
      </Button>
    </span>
  );
  if (rows.length === 0) {
    return (
      <Empty icon="check" title={t[`none_${lane}`]} action={undoBar}>
        {t[`noneText_${lane}`]}
      </Empty>
    );
  }
  return (
    <section className={classes.wall}>
      <div className={classes.bar}>
        <span className={classes.facts}>
          {chosen.length > 0 ? t.selected(chosen.length) : t.select}
        </span>
        {undoBar}
        <span className={classes.buttons}>
          <Button
            variant="default"
            onClick={() =>
              setSelection(chosen.length > 0 ? NOTHING : { chosen: new Set(tasks), last: null })
            }
          >
            {chosen.length > 0 ? t.selectNone : t.selectAll}
          </Button>
          {SAYS[lane].map((state, at) => (
            <Button
              key={state}
              variant={at === 0 ? "default" : "filled"}
              disabled={chosen.length === 0}
              loading={decision.isPending && decision.variables?.state === state}
              onClick={() => say(state, chosen, lane)}
            >
              {t[SAY[state]]}&nbsp;
              <CommandKey id={`foreign.${state}`} keys={[KEYS[state]]} />
            </Button>
          ))}
        </span>
      </div>
      <Tiles
        rows={rows}
        chosen={selection.chosen}
        onClick={(place, range) => setSelection((old) => clicked(old, tasks, place, range))}
      />
      {query.hasNextPage && (
        <Button
          variant="default"
          className={classes.more}
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          {t.more}
        </Button>
      )}
    </section>
  );
}

interface TilesProps {
  rows: readonly ForeignItem[];
  chosen: ReadonlySet<number>;
  onClick: (place: number, range: boolean) => void;
}

function Tiles({ rows, chosen, onClick }: TilesProps) {
  const t = useMessages(messages);
  const wall = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState(0);
  const move = (key: string) => {
    const tiles = wall.current?.querySelectorAll<HTMLElement>("button");
    const top = tiles?.[0]?.offsetTop;
    const columns = [...(tiles ?? [])].filter((tile) => tile.offsetTop === top).length;
    const place = placeAfter(key, focused, rows.length, Math.max(columns, 1));
    if (place === null) return false;
    tiles?.[place]?.focus();
    return true;
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: moves the focus between its buttons
    <div
      ref={wall}
      role="group"
      aria-label={t.tiles}
      className={classes.tiles}
      data-testid="foreign-tiles"
      onKeyDown={(event) => move(event.key) && event.preventDefault()}
    >
      {rows.map(({ task, item, p_value }, place) => (
        <button
          key={task}
          type="button"
          className={classes.tile}
          data-task={task}
          aria-pressed={chosen.has(task)}
          aria-label={t.tile(item.filename, formatPercent(p_value, 1))}
          title={item.filename}
          tabIndex={place === Math.min(focused, rows.length - 1) ? 0 : -1}
          onFocus={() => setFocused(place)}
          onClick={(event) => onClick(place, event.shiftKey)}
        >
          <img src={item.thumb_url} alt="" loading="lazy" draggable={false} />
          <span className={classes.chance}>
            {p_value < RARE ? t.rare : t.chance(formatPercent(p_value, 1))}
          </span>
        </button>
      ))}
    </div>
  );
}
