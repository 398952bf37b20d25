// The theme's colours as canvas needs them, and a signal when the theme changes.
import { useSyncExternalStore } from "react";

export interface Ink {
  text: string;
  muted: string;
  line: string;
  panel: string;
  accent: string;
  warn: string;
}

const SCHEME = "data-mantine-color-scheme";

function scheme(): string {
  return document.documentElement.getAttribute(SCHEME) ?? "light";
}

function subscribe(changed: () => void): () => void {
  const watch = new MutationObserver(changed);
  watch.observe(document.documentElement, { attributeFilter: [SCHEME] });
  return () => watch.disconnect();
}

/** "light" or "dark", as the page is at the moment. */
export function useScheme(): string {
  return useSyncExternalStore(subscribe, scheme);
}

export function readInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(`--lh-${name}`).trim() || "#888";
  return {
    text: color("text"),
    muted: color("muted"),
    line: color("line"),
    panel: color("panel"),
    accent: color("accent"),
    warn: color("warn"),
  };
}

/** A "#rrggbb" colour with an opacity, for bands. */
export function withAlpha(color: string, alpha: number): string {
  const level = Math.round(alpha * 255)
    .toString(16)
    .padStart(2, "0");
  const long = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color);
  const full = long ? `#${long[1]}${long[1]}${long[2]}${long[2]}${long[3]}${long[3]}` : color;
  return `${full}${level}`;
}
