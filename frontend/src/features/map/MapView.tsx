// The canvas with its pointer, wheel and keys, and the thumbnail of what lies under the pointer.
import { useEffect, useMemo, useRef, useState } from "react";
import { useItem } from "@/api/datasets";
import { readInk, useScheme } from "@/charts/ink";
import { useMessages } from "@/i18n/messages";
import { Picture } from "@/ui/Picture";
import { Board, type Tool } from "./board";
import { inkOf } from "./inks";
import classes from "./MapScreen.module.css";
import { messages } from "./messages";
import type { Shown } from "./painter";
import { Near } from "./points";

const STEP = 60; // pixels that an arrow key moves
const CLOSER = 1.4;
const MIDDLE = 80; // pixels around the middle that Enter chooses
const REST_MS = 120; // that the pointer rests before a thumbnail is fetched

interface MapViewProps {
  shown: Shown;
  tool: Tool;
  onChoose: (places: number[], add: boolean) => void;
  onOpen: (item: number) => void;
  onReady: (board: Board) => void;
}

interface Tip {
  place: number;
  x: number;
  y: number;
}

export function MapView({ shown, tool, onChoose, onOpen, onReady }: MapViewProps) {
  const t = useMessages(messages);
  const scheme = useScheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const board = useRef<Board | null>(null);
  const told = useRef({ onChoose, onOpen });
  told.current = { onChoose, onOpen };
  const [tip, setTip] = useState<Tip | null>(null);
  const near = useMemo(() => new Near(shown.points), [shown.points]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is shown changes without a new board
  useEffect(() => {
    const box = canvas.current;
    if (!box) return;
    const made = new Board(box, near, shown, inkOf(), () => readInk().accent, {
      onHover: (place, x, y) => setTip(place < 0 ? null : { place, x, y }),
      onOpen: (place) => told.current.onOpen(near.points.items[place] ?? 0),
      onLasso: (places, add) => told.current.onChoose(places, add),
    });
    board.current = made;
    onReady(made);
    const observer = new ResizeObserver(() => {
      const { width, height } = box.getBoundingClientRect();
      made.resize(width, height, Math.min(2, devicePixelRatio || 1));
    });
    observer.observe(box);
    const wheel = (event: WheelEvent) => {
      event.preventDefault();
      made.zoom(Math.exp(-event.deltaY / 400), event.offsetX, event.offsetY);
    };
    box.addEventListener("wheel", wheel, { passive: false });
    return () => {
      observer.disconnect();
      box.removeEventListener("wheel", wheel);
      made.stop();
    };
  }, [near]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the ink
  useEffect(() => board.current?.show(shown, inkOf()), [shown, scheme]);
  useEffect(() => {
    if (board.current) board.current.tool = tool;
  }, [tool]);
  const at = (event: React.PointerEvent) =>
    [event.nativeEvent.offsetX, event.nativeEvent.offsetY] as const;
  return (
    <div
      className={classes.stage}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is moved and chosen from by keys
      tabIndex={0}
      role="application"
      aria-label={t.canvas}
      onKeyDown={(event) => {
        if (board.current && pressed(board.current, event, onChoose)) event.preventDefault();
      }}
    >
      <canvas
        ref={canvas}
        className={classes.canvas}
        data-tool={tool}
        data-testid="map-canvas"
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setTip(null);
          board.current?.press(...at(event));
        }}
        onPointerMove={(event) => board.current?.move(...at(event))}
        onPointerUp={(event) => board.current?.release(...at(event), event.shiftKey)}
        onPointerCancel={() => board.current?.cancel()}
        onPointerLeave={() => setTip(null)}
      />
      {tip && <Thumbnail tip={tip} item={shown.points.items[tip.place] ?? 0} />}
    </div>
  );
}

function pressed(board: Board, event: React.KeyboardEvent, choose: MapViewProps["onChoose"]) {
  const { key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (ctrlKey || metaKey || altKey) return false;
  const moves: Record<string, [number, number]> = {
    ArrowLeft: [STEP, 0],
    ArrowRight: [-STEP, 0],
    ArrowUp: [0, STEP],
    ArrowDown: [0, -STEP],
  };
  const move = moves[key];
  if (move) board.pan(...move);
  else if (key === "+" || key === "=") board.zoom(CLOSER);
  else if (key === "-") board.zoom(1 / CLOSER);
  else if (key === "0") board.fit();
  else if (key === "Enter") choose(board.around(MIDDLE), shiftKey);
  else if (key === "Escape") return board.cancel();
  else return false;
  return true;
}

function Thumbnail({ tip, item }: { tip: Tip; item: number }) {
  const [rested, setRested] = useState<number | null>(null);
  useEffect(() => {
    const timer = setTimeout(() => setRested(item), REST_MS);
    return () => clearTimeout(timer);
  }, [item]);
  const { data } = useItem(rested === item ? item : null);
  if (!data) return null;
  return (
    <div className={classes.tip} style={{ left: tip.x + 12, top: Math.max(0, tip.y - 60) }}>
      <span className={classes.tipPicture}>
        <Picture src={data.thumb_url} alt="" width={data.width} height={data.height} lazy={false} />
      </span>
      <span className={classes.name}>{data.filename}</span>
    </div>
  );
}
