import "@testing-library/jest-dom/vitest";
import "fake-indexeddb/auto";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";
import { PATIENCE_MS } from "./patience";

// A busy machine needs more than a second for a lazy part.
configure({ asyncUtilTimeout: PATIENCE_MS });

// Mantine asks for both; jsdom has neither.
vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => {},
  removeEventListener: () => {},
  addListener: () => {},
  removeListener: () => {},
}));

class QuietResizeObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
}
vi.stubGlobal("ResizeObserver", QuietResizeObserver);

afterEach(cleanup);
