// Confirmations wait in the outbox for a while before they are sent, so that they can be taken back.
import { useCallback, useEffect, useRef, useState } from "react";
import type { ConfirmedGrid } from "@/api/types";
import { outbox } from "@/outbox/outbox";
import { type Confirmation, entriesOf } from "./requests";

/** Long enough to look at what was confirmed, see the odd one in it, and reach for Undo. */
export const UNDO_MS = 20_000;

/** The last confirmation, as long as it can be taken back. */
interface Pending {
  order: Confirmation | null;
  undo: () => Confirmation | null;
  add: (order: Confirmation, text: string) => void;
}

/**
 * One confirmation at a time can be taken back: a new one, or leaving the screen, sends the one that
 * waits. What waits outlives the page, and is tried until the server has it.
 */
export function usePending(onSent: (answer: ConfirmedGrid) => void): Pending {
  const [order, setOrder] = useState<Confirmation | null>(null);
  const keys = useRef<string[]>([]);
  const own = useRef(new Set<string>());
  const timer = useRef(0);
  const sent = useRef(onSent);
  sent.current = onSent;

  const release = useCallback(() => {
    clearTimeout(timer.current);
    for (const key of keys.current) outbox.release(key);
    keys.current = [];
  }, []);

  const add = (fresh: Confirmation, text: string) => {
    release();
    const entries = entriesOf(fresh, text, Date.now() + UNDO_MS);
    for (const entry of entries) own.current.add(outbox.add(entry).key);
    keys.current = entries.map(({ key }) => key);
    setOrder(fresh);
    timer.current = window.setTimeout(() => setOrder(null), UNDO_MS);
  };

  /** Null where it is too late. */
  const undo = (): Confirmation | null => {
    // All parts become due at the same moment: the first one speaks for them.
    const [first, ...others] = keys.current;
    if (first === undefined || !outbox.takeBack(first)) return null;
    for (const key of others) outbox.takeBack(key);
    clearTimeout(timer.current);
    keys.current = [];
    setOrder(null);
    return order;
  };

  useEffect(() => release, [release]);
  useEffect(
    () =>
      outbox.onSent((key, body) => {
        if (own.current.delete(key)) sent.current(body as ConfirmedGrid);
      }),
    [],
  );
  return { order, undo, add };
}
