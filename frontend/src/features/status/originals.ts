// The log of originals: what is asked for, page by page.
import { client, unwrap } from "@/api/client";
import { usePages } from "@/api/query";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";

export type Access = components["schemas"]["AccessLine"];

/** Empty where anything will do; days as YYYY-MM-DD, in the reader's own time. */
export interface AccessFilters {
  username: string;
  item: string;
  since: string;
  until: string;
}

export function useAccesses(filters: AccessFilters) {
  const query = queryOf(filters);
  return usePages(
    ["accesses", query],
    (cursor) =>
      unwrap(
        client.GET("/api/v1/accesses/", { params: { query: { cursor, ...query } } }),
      ) as Promise<Page<Access>>,
  );
}

/** The last day is meant with all its hours. */
export function queryOf({ username, item, since, until }: AccessFilters) {
  return {
    ...(username && { username }),
    ...(item && { item: Number(item) }),
    ...(since && { since: startOf(since, 0) }),
    ...(until && { until: startOf(until, 1) }),
  };
}

function startOf(day: string, later: number): string {
  const start = new Date(`${day}T00:00:00`);
  start.setDate(start.getDate() + later);
  return start.toISOString();
}
