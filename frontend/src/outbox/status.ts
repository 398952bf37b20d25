// How the outbox stands, for the status bar and for whoever is about to leave.
import { createStore } from "zustand/vanilla";
import type { Entry } from "./entry";

export interface OutboxStatus {
  /** Whether what an earlier visit left has been looked for; until then nothing is known to be saved. */
  known: boolean;
  /** Answers, of which one entry may hold many. */
  waiting: number;
  rejected: readonly Entry[];
  /** Why nothing goes out at the moment. */
  trouble: "offline" | "signIn" | "server" | null;
  /** Answers of people who are signed out. */
  ofOthers: number;
  /** Whether waiting answers survive the closing of the browser. */
  durable: boolean;
}

export type StatusStore = ReturnType<typeof makeStatus>;

export function makeStatus() {
  return createStore<OutboxStatus>(() => ({
    known: false,
    waiting: 0,
    rejected: [],
    trouble: null,
    ofOthers: 0,
    durable: true,
  }));
}

export const outboxStatus = makeStatus();
