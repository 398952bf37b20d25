// A dense table over a list that grows page by page.
import { Button, Loader } from "@mantine/core";
import { type Key, type ReactNode, useEffect, useRef } from "react";
import type { Pages } from "@/api/query";
import { useMessages } from "@/i18n/messages";
import classes from "./DataTable.module.css";
import { Icon } from "./icons";
import { messages } from "./messages";
import { Loading, Problem } from "./states";

export interface Column<Row> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  /** "end" for figures. */
  align?: "start" | "end";
  width?: number | string;
  /** The name that the server sorts by, where it can. */
  sort?: string;
  /** Left out below 700 px. */
  wideOnly?: boolean;
  /** What can be done with a row: below 700 px it stays in sight while the rest scrolls. */
  actions?: boolean;
}

interface DataTableProps<Row> {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rowKey: (row: Row) => Key;
  pages: Pages<Row>;
  empty: ReactNode;
  /** Also put a link into one of the cells, for the keyboard. */
  onRowClick?: (row: Row) => void;
  /** "current" for the row that is open beside the table. */
  rowState?: (row: Row) => "current" | undefined;
  /** "id" or "-id". */
  ordering?: string;
  onOrdering?: (ordering: string) => void;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { rows, query } = props.pages;
  if (query.isPending) return <Loading />;
  if (query.error && rows.length === 0) {
    return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  }
  if (rows.length === 0) return props.empty;
  return (
    <div className={classes.frame}>
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={props.label}>
          <Head {...props} />
          <tbody>
            {rows.map((row) => (
              <BodyRow key={props.rowKey(row)} row={row} {...props} />
            ))}
          </tbody>
        </table>
      </div>
      <Foot pages={props.pages} />
    </div>
  );
}

function Head<Row>({ columns, ordering, onOrdering }: DataTableProps<Row>) {
  const t = useMessages(messages);
  return (
    <thead>
      <tr>
        {columns.map((column) => (
          <th
            key={column.key}
            scope="col"
            data-align={column.align}
            data-wide={column.wideOnly}
            data-actions={column.actions}
            style={{ width: column.width }}
            aria-sort={sortState(column.sort, ordering)}
          >
            {column.sort && onOrdering ? (
              <SortButton column={column} ordering={ordering} onOrdering={onOrdering} />
            ) : (
              column.title || <span className="lh-hidden">{t.actions}</span>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

function sortState(sort: string | undefined, ordering: string | undefined) {
  if (sort === undefined) return undefined;
  if (ordering === sort) return "ascending" as const;
  return ordering === `-${sort}` ? ("descending" as const) : ("none" as const);
}

function SortButton<Row>({
  column,
  ordering,
  onOrdering,
}: {
  column: Column<Row>;
  ordering: string | undefined;
  onOrdering: (ordering: string) => void;
}) {
  const up = ordering === column.sort;
  const down = ordering === `-${column.sort}`;
  return (
    <button
      type="button"
      className={classes.sort}
      data-active={up || down || undefined}
      onClick={() => onOrdering(up ? `-${column.sort}` : String(column.sort))}
    >
      {column.title}
      {(up || down) && <Icon name={up ? "up" : "down"} size={12} />}
    </button>
  );
}

function BodyRow<Row>({ row, columns, onRowClick, rowState }: DataTableProps<Row> & { row: Row }) {
  return (
    <tr
      data-click={onRowClick ? true : undefined}
      data-state={rowState?.(row)}
      aria-current={rowState?.(row) ? "true" : undefined}
      onClick={(event) => {
        const inner = (event.target as Element).closest("a, button, input, label");
        if (!inner && !getSelection()?.toString()) onRowClick?.(row);
      }}
    >
      {columns.map((column) => (
        <td
          key={column.key}
          data-align={column.align}
          data-wide={column.wideOnly}
          data-actions={column.actions}
        >
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}

/** Says how much is shown, and loads the next page when it comes into sight. */
function Foot<Row>({ pages: { rows, query } }: { pages: Pages<Row> }) {
  const t = useMessages(messages);
  const end = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error } = query;
  useEffect(() => {
    const mark = end.current;
    if (!mark || !hasNextPage || error || typeof IntersectionObserver === "undefined") return;
    const watch = new IntersectionObserver(([entry]) => {
      if (entry?.isIntersecting) void fetchNextPage();
    });
    watch.observe(mark);
    return () => watch.disconnect();
  }, [hasNextPage, fetchNextPage, error]);
  return (
    <div ref={end} className={classes.foot}>
      <span>{hasNextPage ? t.rowsSoFar(rows.length) : t.rows(rows.length)}</span>
      {isFetchingNextPage && <Loader size={12} color="gray" />}
      {hasNextPage && !isFetchingNextPage && (
        <Button size="compact-xs" variant="subtle" onClick={() => void fetchNextPage()}>
          {error ? t.tryAgain : t.loadMore}
        </Button>
      )}
    </div>
  );
}
