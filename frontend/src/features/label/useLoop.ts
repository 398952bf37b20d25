// The labeling loop of a project, alive while the screen is open.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { keys } from "@/api/query";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { textOf } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import { dropFromKit, readKit } from "@/outbox/kit";
import { outbox } from "@/outbox/outbox";
import type { TaskType } from "@/task-types/base";
import { notify } from "@/ui/notify";
import { ImageCache } from "./images";
import { AHEAD, LabelLoop } from "./loop";
import type { LoopParts, LoopState } from "./loopState";
import { messages } from "./messages";
import { extendLease, latestAnswers, leaseTasks, type Offered } from "./requests";
import { hasDraft } from "./useDraft";

const LEASE_CHECK_MS = 20_000;
const EMPTY_CHECK_MS = 8000;
const PROGRESS_MS = 30_000;

export interface RunningLoop {
  loop: LabelLoop;
  state: LoopState;
  images: ImageCache;
}

export function useLoop(project: Project, type: TaskType): RunningLoop {
  const schema = useRef(project.schema.document);
  schema.current = project.schema.document;
  const [images] = useState(() => new ImageCache());
  const user = useUser().id;
  const [loop] = useState(
    () =>
      new LabelLoop({
        project: project.id,
        outbox,
        lease: (count, resume) => leaseTasks(project.id, count, resume),
        extend: extendLease,
        history: () => latestAnswers(project.id),
        describe: (answer) => type.describe(answer, schema.current).text,
        leaseSeconds: project.lease_seconds,
        kit: kitOf(user, project.id),
        first: readSetting(`open-task-${project.id}`, 0),
      }),
  );
  const state = useSyncExternalStore(loop.subscribe, loop.getState);
  useRunning(loop);
  useLeases(loop, project.id);
  useLooking(loop, state.phase);
  usePrefetch(images, state);
  useRemembered(project.id, state.queue[0]?.id);
  useFreshProject(project, state);
  return { loop, state, images };
}

/** The items that this labeler took along, and how they leave when they are answered. */
function kitOf(user: number, project: number): LoopParts["kit"] {
  return {
    read: async () => (await readKit(user, project)).map((row) => row.value as Offered),
    drop: (task) => void dropFromKit({ user, project, task }),
  };
}

function useRunning(loop: LabelLoop): void {
  useEffect(() => {
    void loop.start();
    return () => loop.stop();
  }, [loop]);
}

/** Keeps leases while the labeler is there, and says when some were lost meanwhile. */
function useLeases(loop: LabelLoop, project: number): void {
  useEffect(() => {
    const keep = async () => {
      if (document.hidden) return;
      const first = loop.getState().queue[0]?.id ?? null;
      const begun = first !== null && (await hasDraft(project, first)) ? first : null;
      const lost = await loop.keepLeases(begun);
      if (lost.length > 0) notify(textOf(messages).lost(lost.length));
    };
    const alive = () => loop.alive();
    const back = () => {
      if (document.hidden) return;
      loop.alive();
      void keep();
    };
    const timer = setInterval(() => void keep(), LEASE_CHECK_MS);
    document.addEventListener("visibilitychange", back);
    for (const type of ["keydown", "pointerdown"]) window.addEventListener(type, alive);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", back);
      for (const type of ["keydown", "pointerdown"]) window.removeEventListener(type, alive);
    };
  }, [loop, project]);
}

/** While there is nothing to do, looks for new items now and then. */
function useLooking(loop: LabelLoop, phase: LoopState["phase"]): void {
  useEffect(() => {
    if (phase !== "empty") return;
    const look = () => {
      if (!document.hidden) void loop.fill(true);
    };
    const timer = setInterval(look, EMPTY_CHECK_MS);
    window.addEventListener("online", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      window.removeEventListener("online", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [loop, phase]);
}

function usePrefetch(images: ImageCache, { queue }: LoopState): void {
  useEffect(() => {
    const coming = queue.slice(0, AHEAD + 1);
    // The nearest is asked for last, so that it is the last to be dropped.
    for (const { id, item } of coming.toReversed()) {
      if (item.other) images.getOther(id, item.other);
      images.get(id, item);
    }
  }, [images, queue]);
}

/** A reload shows the item again that was on the screen. */
function useRemembered(project: number, task: number | undefined): void {
  useEffect(() => {
    if (task !== undefined) writeSetting(`open-task-${project}`, task);
  }, [project, task]);
}

/** Progress from time to time, and the label schema at once when the server has a newer one. */
function useFreshProject(project: Project, { schemaVersion, phase }: LoopState): void {
  const queries = useQueryClient();
  const { id } = project;
  const stale = schemaVersion > project.schema.version || phase === "empty";
  useEffect(() => {
    if (stale) void queries.invalidateQueries({ queryKey: keys.project(id), exact: true });
  }, [queries, id, stale]);
  useEffect(() => {
    const refresh = () => {
      if (!document.hidden) {
        void queries.invalidateQueries({ queryKey: keys.project(id), exact: true });
      }
    };
    const timer = setInterval(refresh, PROGRESS_MS);
    return () => clearInterval(timer);
  }, [queries, id]);
}
