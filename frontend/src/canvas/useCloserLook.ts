// More pixels of an image, once somebody looks closer than its file on the screen: all of them as
// one file, or tiles of what is in sight where that would be too large.
import { useLayoutEffect, useRef } from "react";
import type { CanvasEngine } from "./engine";
import { fetchInTurn } from "./patience";
import { pixelsOf } from "./picture";

interface Closer {
  full_url?: string | null;
  tiles_url?: string | null;
}

const LOOK_AGAIN_MS = 5_000;

/**
 * Returns what the engine is to call when its image is short of pixels. `onCut` is told when they
 * cannot be had for want of a line; they are asked for again when it is back.
 */
export function useCloserLook(
  engine: CanvasEngine | null,
  picture: Closer,
  onCut: (cut: boolean) => void = () => {},
): () => void {
  const shown = useRef<Closer | null>(null);
  useLayoutEffect(() => {
    shown.current = picture;
    return () => {
      shown.current = null;
    };
  }, [picture]);
  return () => {
    const wanted = () => shown.current === picture;
    const look = () => {
      if (!engine || !wanted()) return;
      // Where they do not come, the image stays as it is.
      load(engine, picture, wanted).then(
        () => wanted() && onCut(false),
        (error: unknown) => {
          if (!wanted() || !(error instanceof TypeError)) return; // not a lost line
          onCut(true);
          // The line may be back before its loss is known; then nothing tells of it any more.
          const again = () => {
            clearTimeout(timer);
            window.removeEventListener("online", again);
            look();
          };
          const timer = setTimeout(again, LOOK_AGAIN_MS);
          window.addEventListener("online", again);
        },
      );
    };
    look();
  };
}

async function load(engine: CanvasEngine, picture: Closer, wanted: () => boolean): Promise<void> {
  if (picture.tiles_url) await layTiles(engine, picture.tiles_url, wanted);
  else if (picture.full_url) await sharpen(engine, picture.full_url, wanted);
}

async function sharpen(engine: CanvasEngine, url: string, wanted: () => boolean): Promise<void> {
  const reply = await fetchInTurn(url, wanted);
  if (!reply) return;
  const pixels = await pixelsOf(reply);
  if (wanted()) engine.sharpen(pixels);
  else pixels.close();
}

async function layTiles(engine: CanvasEngine, url: string, wanted: () => boolean): Promise<void> {
  const { openTiles } = await import("./TileLayer");
  const tiles = await openTiles(url, engine.repaint, wanted);
  if (!tiles) return;
  if (wanted()) engine.layTiles(tiles);
  else tiles.close();
}
