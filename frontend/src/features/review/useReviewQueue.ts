// The way through a review queue: the task at hand, deciding it, putting it off, going back.
import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useTask } from "@/api/tasks";
import type { Project, TaskWithVotes } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { notifyProblem } from "@/ui/notify";
import { messages } from "./messages";
import type { Decision } from "./proposals";
import { again, backward, current, onward, putOff, reviewable, START, withDecision } from "./queue";
import { useAdjudicate, useReopen, useReview, type Wanted } from "./requests";

/** Rows that are left when the next page is asked for, and pictures that are loaded ahead. */
const FEW = 5;

export function useReviewQueue(project: Project, wanted: Wanted) {
  const { rows, query } = useReview(project.id, wanted);
  const [way, setWay] = useState(START);
  const single = useSingleTask();
  const mine = useMemo(() => reviewable(rows), [rows]);
  const ahead = mine.filter(({ id }) => !way.shown.includes(id));
  const known = useKnown(mine);
  useNextPage(query, ahead.length);
  usePicturesAhead(ahead.slice(0, FEW));

  const skip = (id: number) => {
    single.leave();
    setWay((old) => onward(old, id));
  };
  const mark = (id: number, words: string | null) => setWay((old) => withDecision(old, id, words));
  const [latest, setLatest] = useState<ReadonlyMap<number, TaskWithVotes>>(new Map());
  const keep = (task: TaskWithVotes) => setLatest((old) => new Map(old).set(task.id, task));
  const decide = useDecide(project, mark, keep);
  const reopen = useTakeBack(project, mark, keep);
  const goBack = () => setWay(backward);
  const task = single.wanted ? single.task : current(way, mine, known);
  return {
    task: task && (latest.get(task.id) ?? task),
    query: single.wanted ? single.query : query,
    later: putOff(way),
    decided: way.decided,
    decide: (id: number, decision: Decision, words: string, note: string) => {
      decide(id, decision, words, note);
      skip(id);
    },
    reopen,
    skip,
    back: way.at > 0 && !single.wanted ? goBack : null,
    startAgain: () => setWay(again),
  };
}

/** One task by its address, `?task=12`, whether it is in the queue or not. */
function useSingleTask() {
  const [search, setSearch] = useSearchParams();
  const wanted = search.has("task");
  const query = useTask(wanted ? Number(search.get("task")) : null);
  return {
    wanted,
    query,
    task: query.data as TaskWithVotes | undefined,
    leave: () => {
      if (wanted) setSearch({}, { replace: true });
    },
  };
}

/** Every task that was ever listed: what is decided leaves the list, but one may go back to it. */
function useKnown(rows: readonly TaskWithVotes[]): ReadonlyMap<number, TaskWithVotes> {
  const known = useRef(new Map<number, TaskWithVotes>());
  for (const row of rows) known.current.set(row.id, row);
  return known.current;
}

type Mark = (task: number, words: string | null) => void;
type Keep = (task: TaskWithVotes) => void;

/** Sends a decision; `mark` shows it at once, and takes it back with null where it is refused. */
function useDecide(project: Project, mark: Mark, keep: Keep) {
  const t = useMessages(messages);
  const adjudicate = useAdjudicate(project.id);
  return (task: number, decision: Decision, words: string, note: string) => {
    mark(task, words);
    announce(t.decided(words));
    adjudicate.mutate(
      { task, decision, note },
      {
        onSuccess: keep,
        onError: (error) => {
          notifyProblem(error);
          mark(task, null);
        },
      },
    );
  };
}

function useTakeBack(project: Project, mark: Mark, keep: Keep) {
  const t = useMessages(messages);
  const reopen = useReopen(project.id);
  return (id: number) =>
    reopen.mutate(id, {
      onSuccess: (task) => {
        keep(task);
        mark(id, null);
        announce(t.reopened);
      },
      onError: notifyProblem,
    });
}

function useNextPage(query: ReturnType<typeof useReview>["query"], left: number): void {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (left <= FEW && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [left, hasNextPage, isFetchingNextPage, fetchNextPage]);
}

/** Loads what comes next, so that it is there at once. */
function usePicturesAhead(tasks: readonly TaskWithVotes[]): void {
  const sources = tasks
    .flatMap(({ item, other_item: other }) => (other ? [item, other] : [item]))
    .map((item) => item.image_url)
    .join(" ");
  useEffect(() => {
    for (const source of sources.split(" ")) if (source) new Image().src = source;
  }, [sources]);
}
