// For tests of the labeling loop: a server with numbered tasks that keeps what it is sent.
import { ApiError } from "@/api/errors";
import type { Entry, EntryReply } from "@/outbox/entry";
import type { Offer, Offered } from "./requests";

export const LEASE_S = 600;
export const START = 1_700_000_000_000;

export function offer(task: number, lease = `${task}.1`): Offered {
  const item = {
    id: task,
    filename: `${task}.png`,
    image_url: `/i/${task}`,
    thumb_url: `/t/${task}`,
  };
  return {
    id: task,
    item: { ...item, width: 8, height: 8, metadata: {} },
    lease: { id: lease, expires_at: new Date(START + LEASE_S * 1000).toISOString() },
    prelabel: {},
    reason: { text: "Nobody has answered this one yet.", arm: "active" },
    expiresAt: START + LEASE_S * 1000,
  } as Offered;
}

export class TaskServer {
  tasks: number;
  given = 0;
  online = true;
  refuse: number | null = null;
  annotations = 100;
  readonly sent: Entry[] = [];
  readonly leases: { count: number; resume: boolean }[] = [];
  extendFails: number | null = null;

  constructor(tasks = 1000) {
    this.tasks = tasks;
  }

  give(count: number): Offered[] {
    const made = Math.min(count, this.tasks - this.given);
    this.given += made;
    return Array.from({ length: made }, (_, at) => offer(this.given - made + at + 1));
  }

  readonly lease = async (count: number, resume: boolean): Promise<Offer> => {
    this.leases.push({ count, resume });
    if (!this.online) throw new ApiError(0, "unreachable", "gone");
    const tasks = this.give(count);
    const message = tasks.length > 0 ? null : "12 items are held by others.";
    return { tasks, message, paused: false, skew: 0, schemaVersion: 1 };
  };

  readonly extend = async (): Promise<number> => {
    if (this.extendFails !== null) throw new ApiError(this.extendFails, "lease_lost", "lost");
    return 0;
  };

  readonly post = async (entry: Entry): Promise<EntryReply> => {
    if (!this.online) return { status: 0, body: null, retryAfter: null };
    this.sent.push(entry);
    if (this.refuse !== null) return { status: this.refuse, body: null, retryAfter: null };
    this.annotations += 1;
    const next = (entry.body as { next?: number }).next ?? 0;
    const batch = { tasks: this.give(next), message: null, schema_version: 1 };
    const body = { id: this.annotations, version: 1, next: next > 0 ? batch : undefined };
    return { status: 201, body, retryAfter: null };
  };
}
