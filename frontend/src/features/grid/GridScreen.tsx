// Many images that look alike: all are confirmed but those that were clicked.
import { Button, NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { Link } from "react-router";
import { choiceDocument, roleIn, useProject, useProjectId } from "@/api/project";
import { keys } from "@/api/query";
import { useUser } from "@/api/session";
import type { ConfirmedGrid, Project } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { useCommands } from "@/commands/useCommands";
import { useOneAnswerPerEnter } from "@/commands/useOneAnswerPerEnter";
import { formatNumber, useMessages } from "@/i18n/messages";
import { uuid } from "@/lib/uuid";
import { announce } from "@/ui/announce";
import { titleOf } from "@/ui/LabelName";
import { notify } from "@/ui/notify";
import { Workspace } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Empty, Loaded, Loading, Problem } from "@/ui/states";
import classes from "./GridScreen.module.css";
import { messages } from "./messages";
import { usePending } from "./pending";
import { type By, tasksOnTheWay, useGroups, useTiles } from "./requests";
import { TileGrid } from "./TileGrid";

const UNDO_KEYS = ["Mod+Z", "Backspace"];

export function GridScreen() {
  const t = useMessages(messages);
  const project = useProject(useProjectId());
  return (
    <Workspace title={t.title}>
      <Loaded query={project}>
        {(data) =>
          data.task_type === "choice" ? (
            <Groups project={data} />
          ) : (
            <Empty icon="image" title={t.notChoice} />
          )
        }
      </Loaded>
    </Workspace>
  );
}

function Groups({ project }: { project: Project }) {
  const t = useMessages(messages);
  const user = useUser();
  const blind = roleIn(project, user) === "labeler";
  const [by, setBy] = useState<By>("model");
  const [wanted, setWanted] = useState("");
  const groups = useGroups(project.id, by);
  const all = groups.data?.groups ?? [];
  const label = all.some((group) => group.label === wanted) ? wanted : (all[0]?.label ?? "");
  const document = choiceDocument(project);
  const count = all.find((group) => group.label === label)?.count ?? 0;
  return (
    <div className={classes.screen}>
      <header className={classes.bar}>
        {!blind && (
          <Segmented
            label={t.by}
            value={by}
            onChange={setBy}
            options={(["model", "consensus"] as const).map((value) => ({
              value,
              label: t[`by_${value}`],
            }))}
          />
        )}
        {all.length > 0 && (
          <NativeSelect
            aria-label={t.group}
            value={label}
            onChange={(event) => setWanted(event.currentTarget.value)}
            data={all.map((group) => ({
              value: group.label,
              label: t.groupOption(titleOf(document, group.label), group.count),
            }))}
          />
        )}
        <span className={classes.question}>{project.question}</span>
      </header>
      {groups.error && <Problem error={groups.error} onRetry={() => void groups.refetch()} />}
      {groups.isPending && <Loading />}
      {groups.isSuccess && label === "" && (
        <Empty
          icon="image"
          title={t.empty}
          action={
            <Button component={Link} to={`/projects/${project.id}/label`} variant="default">
              {t.oneByOne}
            </Button>
          }
        >
          {by === "model" ? t.emptyModel : t.emptyConsensus}
        </Empty>
      )}
      {label !== "" && (
        <Group
          // Each group is a list of its own.
          key={`${by} ${label}`}
          {...{ project, by, label, count }}
          title={titleOf(document, label)}
        />
      )}
    </div>
  );
}

interface GroupProps {
  project: Project;
  by: By;
  label: string;
  title: string;
  count: number;
}

function Group({ project, by, label, title, count }: GroupProps) {
  const t = useMessages(messages);
  const queries = useQueryClient();
  const { rows, query } = useTiles(project.id, by, label);
  const [gone, setGone] = useState<ReadonlySet<number>>(() => tasksOnTheWay(project.id));
  const [out, setOut] = useState<ReadonlySet<number>>(new Set());
  const [seen, setSeen] = useState(0);
  const [focused, setFocused] = useState(0);
  const tiles = useMemo(
    () => (gone.size === 0 ? rows : rows.filter((tile) => !gone.has(tile.task))),
    [rows, gone],
  );
  const pending = usePending((answer) => {
    tellKept(answer, t);
    void queries.invalidateQueries({ queryKey: keys.project(project.id), exact: true });
  });
  const looked = Math.min(seen, tiles.length);
  const chosen = tiles.slice(0, looked).filter((tile) => !out.has(tile.task));

  const toggle = useCallback((task: number) => {
    setOut((old) => {
      const next = new Set(old);
      if (!next.delete(task)) next.add(task);
      return next;
    });
  }, []);
  const see = useCallback((last: number) => setSeen((old) => Math.max(old, last)), []);
  const answeredByKey = useOneAnswerPerEnter();
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const confirm = () => {
    if (chosen.length === 0) return;
    answeredByKey();
    const tasks = chosen.map((tile) => tile.task);
    // The ones left out were looked at too: they go, and wait for a look of their own.
    const passed = tiles.slice(0, looked).map((tile) => tile.task);
    const order = { project: project.id, key: uuid(), label, tasks };
    pending.add(order, `${title} × ${formatNumber(tasks.length)}`);
    setGone((old) => new Set([...old, ...passed]));
    setSeen(0);
    setFocused(0);
    announce(t.waiting(tasks.length));
  };
  const undo = () => {
    const order = pending.undo();
    if (!order) return;
    setGone((old) => {
      const next = new Set(old);
      for (const task of [...order.tasks, ...out]) next.delete(task);
      return next;
    });
    announce(t.undo);
  };
  useCommands([
    {
      id: "grid.confirm",
      label: t.confirm(chosen.length, title),
      keys: ["Enter"],
      scope: "answer",
      enabled: () => chosen.length > 0,
      run: confirm,
    },
    {
      id: "grid.toggle",
      label: t.toggle,
      keys: ["Space", "x"],
      scope: "answer",
      enabled: () => tiles.length > 0,
      run: () => {
        const tile = tiles[focused];
        if (tile) toggle(tile.task);
      },
    },
    {
      id: "grid.undo",
      label: t.undo,
      keys: UNDO_KEYS,
      scope: "screen",
      enabled: () => pending.order !== null,
      run: undo,
    },
    {
      id: "grid.clear",
      label: t.clear,
      keys: ["Escape"],
      scope: "screen",
      enabled: () => out.size > 0,
      run: () => setOut(new Set()),
    },
  ]);
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Loading />;
  const leftOut = looked - chosen.length;
  return (
    <>
      {tiles.length > 0 ? (
        <TileGrid
          tiles={tiles}
          out={out}
          focused={focused}
          onFocus={setFocused}
          onToggle={toggle}
          onConfirm={confirm}
          onSeen={see}
          onNearEnd={more}
        />
      ) : (
        <Empty icon="check" title={t.done} />
      )}
      <footer className={classes.foot}>
        <div className={classes.facts} data-testid="grid-facts">
          <span>{t.seenOf(looked, formatNumber(Math.max(0, count - gone.size)))}</span>
          {leftOut > 0 && <span className={classes.out}>{t.leftOut(leftOut)}</span>}
        </div>
        {pending.order && (
          <div className={classes.waiting}>
            {t.waiting(pending.order.tasks.length)}
            <Button variant="default" size="compact-sm" onClick={undo}>
              {t.undo}&nbsp;
              <CommandKey id="grid.undo" keys={UNDO_KEYS} />
            </Button>
          </div>
        )}
        <Button disabled={chosen.length === 0} onClick={confirm}>
          {t.confirm(chosen.length, title)}&nbsp;
          <CommandKey id="grid.confirm" keys={["Enter"]} />
        </Button>
      </footer>
    </>
  );
}

function tellKept({ kept, left }: ConfirmedGrid, t: (typeof messages)["english"]): void {
  const parts = [t.kept(kept)];
  if (left.length > 0) parts.push(t.notKept(left.length));
  notify(parts.join(" · "));
}
