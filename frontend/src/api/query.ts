// TanStack Query as the screens use it: its client, its keys, and lists by cursor.
import {
  QueryClient,
  type QueryKey,
  type UseInfiniteQueryResult,
  useInfiniteQuery,
} from "@tanstack/react-query";
import { useMemo } from "react";
import { type ApiError, asApiError } from "./errors";
import type { Page } from "./types";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: ApiError;
  }
}

function worthRetrying(failures: number, error: unknown): boolean {
  const { status } = asApiError(error);
  return failures < 2 && (status === 0 || status === 429 || status >= 500);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // Without a line the first try is made all the same: what was taken along may answer it.
      queries: { staleTime: 10_000, retry: worthRetrying, networkMode: "offlineFirst" },
      mutations: { retry: false },
    },
  });
}

export const queryClient = makeQueryClient();

/** From the general to the special, so that a prefix invalidates all that lies under it. */
export const keys = {
  session: ["session"],
  status: ["status"],
  tokens: ["tokens"],
  users: ["users"],
  jobs: ["jobs"],
  job: (id: number) => ["jobs", id],
  datasets: ["datasets"],
  dataset: (id: number) => ["datasets", id],
  drifts: (dataset: number) => ["datasets", dataset, "drifts"],
  items: (dataset: number, filters: object = {}) => ["datasets", dataset, "items", filters],
  item: (id: number) => ["items", id],
  projects: ["projects"],
  project: (id: number) => ["projects", id],
  examples: (project: number) => ["projects", project, "examples"],
  members: (project: number) => ["projects", project, "members"],
  tasks: (project: number, filters: object = {}) => ["projects", project, "tasks", filters],
  task: (id: number) => ["tasks", id],
  review: (project: number) => ["projects", project, "review"],
  report: (project: number) => ["projects", project, "report"],
  labelErrors: (project: number) => ["projects", project, "label-errors", "list"],
  labelErrorsReport: (project: number) => ["projects", project, "label-errors", "report"],
  foreign: (project: number) => ["projects", project, "foreign", "list"],
  foreignReport: (project: number) => ["projects", project, "foreign", "report"],
  labelersOf: (project: number) => ["projects", project, "labelers"],
  labelers: (project: number, ordering: string) => [
    "projects",
    project,
    "labelers",
    "list",
    ordering,
  ],
  labelersTogether: (project: number) => ["projects", project, "labelers", "together"],
  labeler: (project: number, labeler: number) => ["projects", project, "labelers", labeler],
  ownFigures: (project: number) => ["projects", project, "labelers", "own"],
  runs: (project: number) => ["projects", project, "runs"],
  run: (id: number) => ["runs", id],
  versions: (project: number) => ["projects", project, "versions"],
  releases: (project: number) => ["projects", project, "releases"],
  exports: (project: number) => ["projects", project, "exports"],
  history: (project: number) => ["projects", project, "history"],
} as const;

/** The cursor in the address of the next page. */
export function cursorOf(next: string | null): string | null {
  return next === null ? null : new URL(next, location.origin).searchParams.get("cursor");
}

export interface Pages<Row> {
  rows: Row[];
  query: UseInfiniteQueryResult<unknown, ApiError>;
}

/** A list that grows page by page: `fetchPage` gets the cursor, undefined for the first page. */
export function usePages<Row>(
  queryKey: QueryKey,
  fetchPage: (cursor: string | undefined) => Promise<Page<Row>>,
  options: { enabled?: boolean; refetchInterval?: number | false } = {},
): Pages<Row> {
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: Page<Row>) => cursorOf(page.next) ?? undefined,
    ...options,
  });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.results) ?? [], [query.data]);
  return { rows, query };
}
