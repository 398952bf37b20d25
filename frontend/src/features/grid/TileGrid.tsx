// Thousands of small pictures, of which only the rows in sight are on the page.
import { useVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { Tile } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { columnsFor, edgeFor, placeAfter } from "@/lib/gridPlaces";
import { messages } from "./messages";
import { usePresses } from "./presses";
import classes from "./TileGrid.module.css";

interface TileGridProps {
  tiles: readonly Tile[];
  /** Tasks that were clicked: they are left out. */
  out: ReadonlySet<number>;
  focused: number;
  onFocus: (place: number) => void;
  onToggle: (task: number) => void;
  onConfirm: () => void;
  /** How many of the tiles have come into sight, from the first one. */
  onSeen: (count: number) => void;
  onNearEnd: () => void;
}

const SIZE = 88;
const GAP = 4;
/** Rows that are asked for before they are seen. */
const AHEAD = 12;
/** Faster than this many pixels per millisecond nobody sees a picture, so none is put up. */
const FAST = 4;

export function TileGrid(props: TileGridProps) {
  const { tiles, out, focused, onFocus, onToggle, onConfirm, onSeen, onNearEnd } = props;
  const t = useMessages(messages);
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  const columns = columnsFor(width, SIZE, GAP);
  const edge = edgeFor(width, columns, GAP);
  const rows = Math.ceil(tiles.length / columns);
  const fast = useFast(scroller);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => edge + GAP,
    overscan: 2,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new edge makes all rows anew.
  useEffect(() => virtual.measure(), [edge, virtual]);

  const shown = virtual.getVirtualItems();
  const last = (virtual.range?.endIndex ?? -1) + 1;
  useEffect(() => {
    if (rows > 0 && last >= rows - AHEAD) onNearEnd();
    if (width > 0 && !fast) onSeen(Math.min(tiles.length, last * columns));
  }, [last, rows, columns, width, tiles.length, fast, onNearEnd, onSeen]);

  // What was confirmed is gone, and the focus with it: both go on at the first tile.
  const head = tiles[0]?.task;
  // biome-ignore lint/correctness/useExhaustiveDependencies: anew for each first tile
  useEffect(() => {
    const box = scroller.current;
    if (!box || document.activeElement?.closest("button, input, select, a")) return;
    box.scrollTop = 0;
    box.querySelector<HTMLElement>('[data-place="0"]')?.focus({ preventScroll: true });
  }, [head, width]);

  const presses = usePresses(onToggle);
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.repeat) {
      // To a button it would be a click; Space is that here.
      event.preventDefault();
      onConfirm();
      return;
    }
    const place = placeAfter(event.key, focused, tiles.length, columns);
    if (place === null) return;
    event.preventDefault();
    onFocus(place);
    virtual.scrollToIndex(Math.floor(place / columns));
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus(),
    );
  };
  return (
    <div className={classes.scroller} ref={scroller} data-testid="tiles">
      {/* biome-ignore lint/a11y/useSemanticElements: moves the focus between its buttons */}
      <div
        role="group"
        aria-label={t.tiles}
        className={classes.grid}
        style={{ height: virtual.getTotalSize(), "--size": `${edge}px` } as React.CSSProperties}
        onKeyDown={keyDown}
        {...presses}
      >
        {shown.map((row) => {
          const first = row.index * columns;
          return (
            <Row
              key={row.key}
              tiles={tiles}
              first={first}
              columns={columns}
              top={row.start}
              out={keyOf(tiles, first, columns, out)}
              focused={focused >= first && focused < first + columns ? focused - first : -1}
              fast={fast}
              onFocus={onFocus}
            />
          );
        })}
      </div>
    </div>
  );
}

/** Which tiles of a row are left out, as a text: rows with the same one need not be made anew. */
function keyOf(
  tiles: readonly Tile[],
  first: number,
  columns: number,
  out: ReadonlySet<number>,
): string {
  if (out.size === 0) return "";
  const row = tiles.slice(first, first + columns);
  return row.some((tile) => out.has(tile.task))
    ? row.map((tile) => (out.has(tile.task) ? "1" : "0")).join("")
    : "";
}

interface RowProps {
  tiles: readonly Tile[];
  first: number;
  columns: number;
  top: number;
  out: string;
  focused: number;
  fast: boolean;
  onFocus: (place: number) => void;
}

const Row = memo(function Row(props: RowProps) {
  const { tiles, first, columns, top, out, focused, fast, onFocus } = props;
  const t = useMessages(messages);
  // Pictures that were put up stay, whatever the speed.
  const [bare, setBare] = useState(fast);
  if (bare && !fast) setBare(false);
  return (
    <div className={classes.row} style={{ transform: `translateY(${top}px)` }}>
      {tiles.slice(first, first + columns).map((tile, at) => {
        const place = first + at;
        const left = out[at] === "1";
        return (
          <button
            key={tile.task}
            type="button"
            className={classes.tile}
            data-place={place}
            data-task={tile.task}
            data-out={left || undefined}
            aria-pressed={left}
            aria-label={t.tile(tile.filename, left)}
            tabIndex={at === focused || (place === 0 && focused < 0) ? 0 : -1}
            onFocus={() => onFocus(place)}
          >
            {!bare && (
              <img
                src={tile.thumb_url}
                alt=""
                draggable={false}
                decoding="async"
                data-small={Math.max(tile.width, tile.height) <= 96 || undefined}
              />
            )}
          </button>
        );
      })}
    </div>
  );
}, sameRow);

function sameRow(a: RowProps, b: RowProps): boolean {
  const names = ["first", "columns", "top", "out", "focused", "fast"] as const;
  return (
    names.every((name) => a[name] === b[name]) &&
    a.tiles[a.first] === b.tiles[b.first] &&
    a.tiles.length - a.first >= a.columns === b.tiles.length - b.first >= b.columns &&
    (b.tiles.length - b.first >= b.columns || a.tiles.length === b.tiles.length)
  );
}

function useWidth(scroller: React.RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  const measure = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const { paddingLeft, paddingRight } = getComputedStyle(box);
    setWidth(box.clientWidth - Number.parseFloat(paddingLeft) - Number.parseFloat(paddingRight));
  }, [scroller]);
  useLayoutEffect(measure);
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (scroller.current) watch.observe(scroller.current);
    return () => watch.disconnect();
  }, [measure, scroller]);
  return width;
}

/** Whether the pictures rush by; it ends a moment after the last step. */
function useFast(scroller: React.RefObject<HTMLDivElement | null>): boolean {
  const [fast, setFast] = useState(false);
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let [top, at, rest] = [box.scrollTop, performance.now(), 0];
    const step = () => {
      const now = performance.now();
      const speed = Math.abs(box.scrollTop - top) / Math.max(1, now - at);
      [top, at] = [box.scrollTop, now];
      setFast(speed > FAST);
      clearTimeout(rest);
      rest = window.setTimeout(() => setFast(false), 120);
    };
    box.addEventListener("scroll", step, { passive: true });
    return () => {
      clearTimeout(rest);
      box.removeEventListener("scroll", step);
    };
  }, [scroller]);
  return fast;
}
