// What can be confirmed in the grid, and the confirming.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { Page, Tile } from "@/api/types";
import type { NewEntry } from "@/outbox/entry";
import { outbox } from "@/outbox/outbox";

export type By = "model" | "consensus";
const PAGE = 500;
/** The server takes so many at a time. */
const AT_ONCE = 200;

const gridKey = (project: number) => [...keys.project(project), "grid"];

export function useGroups(project: number, by: By) {
  return useQuery({
    queryKey: [...gridKey(project), "groups", by],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/grid/groups/", {
          params: { path: { project_id: project }, query: { by } },
        }),
      ),
  });
}

export function useTiles(project: number, by: By, label: string) {
  return usePages(
    [...gridKey(project), by, label],
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/grid/", {
          params: { path: { project_id: project }, query: { by, label, cursor, limit: PAGE } },
        }),
      ) as Promise<Page<Tile>>,
    { enabled: label !== "" },
  );
}

export interface Confirmation {
  project: number;
  /** Made once: sent again, it keeps nothing twice. */
  key: string;
  label: string;
  tasks: readonly number[];
}

/** A confirmation in parts that the server takes; each part can be sent again. */
export function entriesOf(order: Confirmation, text: string, notBefore: number): NewEntry[] {
  const { project, key, label, tasks } = order;
  const parts = Array.from({ length: Math.ceil(tasks.length / AT_ONCE) }, (_, at) =>
    tasks.slice(at * AT_ONCE, (at + 1) * AT_ONCE),
  );
  return parts.map((part, at) => ({
    key: `${key}/${at}`,
    kind: "grid",
    method: "POST",
    path: `/api/v1/projects/${project}/grid/confirm/`,
    body: { key: `${key}/${at}`, label, tasks: part },
    notBefore,
    note: { project, task: part[0] as number, text, votes: part.length },
  }));
}

/** What this labeler has confirmed and the server may not know of yet. */
export function tasksOnTheWay(project: number): Set<number> {
  const entries = outbox.list().filter(({ kind, note, state }) => {
    return kind === "grid" && note.project === project && state === "waiting";
  });
  return new Set(entries.flatMap(({ body }) => (body as { tasks: number[] }).tasks));
}
