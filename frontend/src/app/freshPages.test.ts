import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PATIENCE_MS } from "@/test/patience";
import { reloadWhenStale } from "./freshPages";

const reload = vi.fn();
let stop: () => void;
beforeEach(() => {
  sessionStorage.clear();
  reload.mockReset();
  stop = reloadWhenStale(reload);
});
afterEach(() => stop());

const miss = () => window.dispatchEvent(new Event("vite:preloadError"));
const settled = () => new Promise((done) => setTimeout(done));

test("a page whose files are gone is loaded anew, but not again and again", async () => {
  vi.stubGlobal("fetch", async () => ({ ok: true }));
  miss();
  await vi.waitFor(() => expect(reload).toHaveBeenCalledTimes(1), PATIENCE_MS);
  miss();
  await settled();
  expect(reload).toHaveBeenCalledTimes(1);
});

test("a page without a line stays as it is: nothing better would come", async () => {
  vi.stubGlobal("fetch", async () => {
    throw new TypeError("offline");
  });
  miss();
  await settled();
  expect(reload).not.toHaveBeenCalled();
});
