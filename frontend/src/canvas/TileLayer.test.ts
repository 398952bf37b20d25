import { beforeEach, expect, test, vi } from "vitest";
import { PATIENCE_MS } from "@/test/patience";
import { openTiles, TileLayer } from "./TileLayer";
import type { Plan, TileKey } from "./tiles";

const plan: Plan = { side: 512, levels: [{ width: 8192, height: 8192 }] };
const sight = (x: number, y: number) => ({ x, y, width: 500, height: 500 });
const addressOf = ({ column, row }: TileKey) => `/tile/${column}-${row}`;
const drawn = vi.fn();
const context = { drawImage: drawn } as unknown as CanvasRenderingContext2D;
let asked: string[];
let alive: number;

beforeEach(() => {
  asked = [];
  alive = 0;
  drawn.mockClear();
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    return { ok: true, blob: async () => ({}) };
  });
  vi.stubGlobal("createImageBitmap", async () => {
    alive += 1;
    return { width: 512, height: 512, close: () => (alive -= 1) };
  });
});

test("a tile is fetched once, then painted at its place on whole pixels", async () => {
  const changed = vi.fn();
  const layer = new TileLayer(plan, addressOf, changed);
  const paint = () => layer.paint(context, -10.4, 0, 1, sight(600, 600));
  expect(paint()).toHaveLength(4);
  expect(paint()).toHaveLength(4);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(4), PATIENCE_MS);
  expect(asked.sort()).toEqual(["/tile/1-1", "/tile/1-2", "/tile/2-1", "/tile/2-2"]);
  expect(paint()).toEqual([]);
  const places = drawn.mock.calls.map(([, ...place]) => place.join());
  expect(places).toContain("502,512,512,512");
  layer.close();
  expect(alive).toBe(0);
});

test("what was seen long ago is given up when there are too many", async () => {
  const layer = new TileLayer(plan, addressOf, () => {});
  for (let at = 0; at < 130; at += 1) {
    layer.paint(context, 0, 0, 1, {
      x: (at % 16) * 512 + 5,
      y: Math.floor(at / 16) * 512 + 5,
      width: 9,
      height: 9,
    });
    await vi.waitFor(() => expect(asked).toHaveLength(at + 1), PATIENCE_MS);
    await Promise.resolve();
  }
  await vi.waitFor(() => expect(alive).toBeLessThanOrEqual(97), PATIENCE_MS);
  layer.paint(context, 0, 0, 1, { x: 5, y: 5, width: 9, height: 9 });
  expect(asked.filter((url) => url === "/tile/0-0")).toHaveLength(2);
});

test("an image whose turn has not come is asked for again, one without tiles is not", async () => {
  vi.useFakeTimers();
  const replies = [503, 503, 200];
  vi.stubGlobal("fetch", async () => {
    const status = replies.shift();
    return Response.json({ side: 512, levels: [[8192, 8192]] }, { status: status ?? 404 });
  });
  const opened = openTiles(
    "/media/7/tiles?s=a",
    () => {},
    () => true,
  );
  await vi.advanceTimersByTimeAsync(2000);
  expect(await opened).toBeInstanceOf(TileLayer);
  expect(
    await openTiles(
      "/media/7/tiles?s=a",
      () => {},
      () => true,
    ),
  ).toBeNull();
  vi.useRealTimers();
});
