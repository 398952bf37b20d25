// The way through a review queue: the task at hand, deciding it, putting it off, going back.
import { useEffect, useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { choiceDocument } from "@/api/project";
import { useTask } from "@/api/tasks";
import type { Project, TaskWithVotes } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { titleOf } from "@/ui/LabelName";
import { notifyProblem } from "@/ui/notify";
import { messages } from "./messages";
import { again, backward, current, onward, putOff, reviewable, START, withDecision } from "./queue";
import { type ReviewKind, useAdjudicate, useReview } from "./requests";

/** Rows that are left when the next page is asked for, and pictures that are loaded ahead. */
const FEW = 5;

export function useReviewQueue(project: Project, kind: ReviewKind) {
  const { rows, query } = useReview(project.id, kind);
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
  const decide = useDecide(project, (id, label) => setWay((old) => withDecision(old, id, label)));
  const goBack = () => setWay(backward);
  return {
    task: single.wanted ? single.task : current(way, mine, known),
    query: single.wanted ? single.query : query,
    hasMore: query.hasNextPage,
    left: ahead.length,
    own: rows.length - mine.length,
    later: putOff(way),
    decided: way.decided,
    decide: (id: number, label: string, note: string) => {
      decide(id, label, note);
      skip(id);
    },
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

/** Sends a decision; `mark` shows it at once, and takes it back with null where it is refused. */
function useDecide(project: Project, mark: (task: number, label: string | null) => void) {
  const t = useMessages(messages);
  const adjudicate = useAdjudicate(project.id);
  return (task: number, label: string, note: string) => {
    mark(task, label);
    announce(t.decided(titleOf(choiceDocument(project), label)));
    adjudicate.mutate(
      { task, answer: { choice: label }, note },
      {
        onError: (error) => {
          notifyProblem(error);
          mark(task, null);
        },
      },
    );
  };
}

function useNextPage(query: ReturnType<typeof useReview>["query"], left: number): void {
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (left <= FEW && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [left, hasNextPage, isFetchingNextPage, fetchNextPage]);
}

/** Loads what comes next, so that it is there at once. */
function usePicturesAhead(tasks: readonly TaskWithVotes[]): void {
  const sources = tasks.map(({ item }) => item.image_url).join(" ");
  useEffect(() => {
    for (const source of sources.split(" ")) if (source) new Image().src = source;
  }, [sources]);
}
