// The images of a dataset as a grid that only holds the rows in sight.
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
import type { Item } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { columnsFor, edgeFor, placeAfter } from "@/lib/gridPlaces";
import { Picture } from "@/ui/Picture";
import classes from "./ItemGrid.module.css";
import { messages } from "./messages";

interface ItemGridProps {
  items: readonly Item[];
  /** Edge of a picture in pixels, at least. */
  size: number;
  onOpen: (item: Item) => void;
  /** Called when the end of what is loaded comes near. */
  onNearEnd: () => void;
  onBroken: () => void;
}

const GAP = 8;
const CAPTION = 20;
/** Rows that are asked for before they are seen. */
const AHEAD = 6;

export function ItemGrid({ items, size, onOpen, onNearEnd, onBroken }: ItemGridProps) {
  const frame = useRef<HTMLDivElement>(null);
  const { width, top } = usePlace(frame);
  const columns = columnsFor(width, size, GAP);
  const edge = edgeFor(width, columns, GAP);
  const rows = Math.ceil(items.length / columns);
  const [focused, setFocused] = useState(0);
  const virtual = useVirtualizer({
    count: rows,
    getScrollElement: () => frame.current?.closest("main") ?? null,
    estimateSize: () => edge + CAPTION + GAP,
    overscan: 4,
    scrollMargin: top,
    useFlushSync: false,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new edge makes all rows anew.
  useEffect(() => virtual.measure(), [edge, virtual]);

  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (rows > 0 && last >= rows - AHEAD) onNearEnd();
  }, [last, rows, onNearEnd]);

  const keyDown = (event: KeyboardEvent) => {
    const place = placeAfter(event.key, focused, items.length, columns);
    if (place === null) return;
    event.preventDefault();
    setFocused(place);
    virtual.scrollToIndex(Math.floor(place / columns));
    requestAnimationFrame(() =>
      frame.current?.querySelector<HTMLElement>(`[data-place="${place}"]`)?.focus(),
    );
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: moves the focus between its buttons.
    <div
      ref={frame}
      className={classes.grid}
      style={{ height: virtual.getTotalSize(), "--size": `${edge}px` } as React.CSSProperties}
      onKeyDown={keyDown}
    >
      {shown.map((row) => (
        <div
          key={row.key}
          className={classes.row}
          style={{ transform: `translateY(${row.start - top}px)` }}
        >
          {items.slice(row.index * columns, (row.index + 1) * columns).map((item, at) => (
            <Cell
              key={item.id}
              item={item}
              place={row.index * columns + at}
              reachable={row.index * columns + at === focused}
              onOpen={onOpen}
              onFocus={setFocused}
              onBroken={onBroken}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

interface CellProps {
  item: Item;
  place: number;
  /** One cell takes the Tab key; arrows lead to the others. */
  reachable: boolean;
  onOpen: (item: Item) => void;
  onFocus: (place: number) => void;
  onBroken: () => void;
}

const Cell = memo(function Cell({ item, place, reachable, onOpen, onFocus, onBroken }: CellProps) {
  const t = useMessages(messages);
  return (
    <button
      type="button"
      className={classes.cell}
      data-place={place}
      tabIndex={reachable ? 0 : -1}
      aria-label={t.openItem(item.filename)}
      onClick={() => onOpen(item)}
      onFocus={() => onFocus(place)}
    >
      <span className={classes.picture}>
        <Picture
          src={item.thumb_url}
          alt=""
          width={item.width}
          height={item.height}
          onBroken={onBroken}
        />
      </span>
      <span className={classes.caption}>{item.filename}</span>
    </button>
  );
});

/** Width of the grid, and where it begins within what scrolls. */
function usePlace(frame: React.RefObject<HTMLDivElement | null>) {
  const [place, setPlace] = useState({ width: 0, top: 0 });
  const measure = useCallback(() => {
    const grid = frame.current;
    const scroller = grid?.closest("main");
    if (!grid || !scroller) return;
    const top =
      grid.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop;
    const width = grid.clientWidth;
    setPlace((old) => (old.width === width && Math.abs(old.top - top) < 1 ? old : { width, top }));
  }, [frame]);
  useLayoutEffect(measure);
  useEffect(() => {
    const watch = new ResizeObserver(measure);
    if (frame.current) watch.observe(frame.current);
    if (frame.current?.parentElement) watch.observe(frame.current.parentElement);
    return () => watch.disconnect();
  }, [measure, frame]);
  return place;
}
