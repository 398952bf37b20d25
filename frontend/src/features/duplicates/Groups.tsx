// The groups of one state, one below the other; also gone through and decided by key.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { notifyProblem } from "@/ui/notify";
import { Empty, Loading, Problem } from "@/ui/states";
import classes from "./DuplicatesScreen.module.css";
import { GroupCard } from "./GroupCard";
import { messages } from "./messages";
import { type Decision, type Group, type Kind, type State, useDecide, useGroups } from "./requests";

const DONE = { kept: "done_kept", distinct: "done_distinct", open: "done_open" } as const;
const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

interface GroupsProps {
  dataset: number;
  state: State;
  kind: Kind | undefined;
  /** When they were searched for: the list is another one after each search. */
  made: string;
  mayChange: boolean;
}

export function Groups({ dataset, state, kind, made, mayChange }: GroupsProps) {
  const t = useMessages(messages);
  const { rows, query } = useGroups(dataset, state, kind, made);
  const [chosen, setChosen] = useState<Record<number, number>>({});
  const [place, setPlace] = useState(0);
  const [last, setLast] = useState<Decision | null>(null);
  const decide = useDecide(dataset);
  const at = Math.min(place, Math.max(rows.length - 1, 0));
  const current = rows[at];
  const keepOf = (group: Group) => chosen[group.id] ?? group.members[0]?.item.id ?? 0;

  const say = (decision: Decision, undoable = true) =>
    decide.mutate(decision, {
      onError: notifyProblem,
      onSuccess: () => {
        announce(t[DONE[decision.state]]);
        setLast(undoable ? decision : null);
      },
    });
  const keep = (group: Group) => say({ group: group.id, state: "kept", keep: keepOf(group) });
  const differ = (group: Group) => say({ group: group.id, state: "distinct" });
  const reopen = (group: number) => say({ group, state: "open" }, false);
  const go = (by: number) => {
    const next = Math.min(Math.max(at + by, 0), rows.length - 1);
    setPlace(next);
    const card = document.querySelector(`[data-group="${rows[next]?.id}"]`);
    card?.scrollIntoView({ block: "nearest" });
  };
  const deciding = mayChange && state === "open" && current !== undefined && !decide.isPending;
  const command = (id: string, label: string, key: string, enabled: boolean, run: () => void) => ({
    id: `duplicates.${id}`,
    label,
    keys: key === "Enter" ? ["Enter", "Mod+Enter"] : [key],
    scope: "screen" as const,
    enabled: () => enabled,
    run,
  });
  useCommands([
    command("next", t.next, "j", rows.length > 1, () => go(1)),
    command("previous", t.previous, "k", rows.length > 1, () => go(-1)),
    command("keep", t.keep, "Enter", deciding, () => current && keep(current)),
    command("differ", t.differ, "n", deciding, () => current && differ(current)),
    command("undo", t.undo, "Mod+z", last !== null, () => last && reopen(last.group)),
    ...NUMBERS.map((number) =>
      command(`pick${number}`, t.pickNumber(number), String(number), deciding, () => {
        const item = current?.members[number - 1]?.item.id;
        if (current && item) setChosen((old) => ({ ...old, [current.id]: item }));
      }),
    ),
  ]);
  if (query.isPending) return <Loading />;
  if (query.error && rows.length === 0) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  const undo = last && (
    <span className={classes.undo}>
      {t[DONE[last.state]]}
      <Button
        variant="default"
        size="compact-sm"
        loading={decide.isPending}
        onClick={() => reopen(last.group)}
      >
        {t.undo}
      </Button>
    </span>
  );
  if (rows.length === 0) {
    return (
      <Empty icon="check" title={t[`none_${state}`]} action={undo}>
        {t[`noneText_${state}`]}
      </Empty>
    );
  }
  return (
    <div className={classes.groups}>
      <p className={classes.hint}>
        {state === "open" && (mayChange ? t.hint : t.readOnly)} {undo}
      </p>
      {rows.map((group, index) => (
        <GroupCard
          key={group.id}
          group={group}
          place={index + 1}
          chosen={keepOf(group)}
          current={index === at}
          mayChange={mayChange}
          busy={decide.isPending && decide.variables?.group === group.id}
          onChoose={(item) => setChosen((old) => ({ ...old, [group.id]: item }))}
          onKeep={() => keep(group)}
          onDiffer={() => differ(group)}
          onReopen={() => reopen(group.id)}
          onFocus={() => setPlace(index)}
        />
      ))}
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
    </div>
  );
}
