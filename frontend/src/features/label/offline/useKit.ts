// Taking work along and giving it back, as the side panel shows it.
import { useEffect, useState, useSyncExternalStore } from "react";
import { client, unwrap } from "@/api/client";
import { asApiError } from "@/api/errors";
import { useUser } from "@/api/session";
import { textOf } from "@/i18n/messages";
import { canKeep, hasPages, keepPages, keepPictures, missingPictures } from "@/lib/offline";
import { packKit, readKit } from "@/outbox/kit";
import { returnKit } from "@/outbox/returnKit";
import { announce } from "@/ui/announce";
import { AHEAD, type LabelLoop } from "../loop";
import { leaseTasks, type Offered } from "../requests";
import { messages } from "./messages";

const HOLD_SECONDS = 12 * 3600;
const LEASES_AT_ONCE = 20;

export type Step =
  | { phase: "idle" }
  | { phase: "leasing" }
  | { phase: "loading"; kept: number; of: number }
  | { phase: "failed"; why: string };

export interface Kit {
  /** What was taken along and is not answered yet. */
  left: readonly Offered[];
  /** Whether all that it needs is on the device. */
  complete: boolean;
  step: Step;
  able: boolean;
  take: (count: number) => Promise<void>;
  finish: () => Promise<void>;
  giveBack: () => Promise<void>;
}

/** Adds to the loop's queue until so many are in it, all held for long. */
async function leaseMany(project: number, loop: LabelLoop, count: number): Promise<void> {
  const held = () => loop.getState().queue.length;
  loop.take(await leaseTasks(project, LEASES_AT_ONCE, true, HOLD_SECONDS));
  for (let before = -1; held() < count && held() !== before; ) {
    before = held();
    const wanted = Math.min(LEASES_AT_ONCE, count - before);
    loop.take(await leaseTasks(project, wanted, false, HOLD_SECONDS));
  }
}

function picturesOf(offers: readonly Offered[]): string[] {
  return offers
    .flatMap(({ item }) => (item.other ? [item, item.other] : [item]))
    .flatMap((item) => [item.image_url, item.thumb_url, ...(item.full_url ? [item.full_url] : [])]);
}

function why(error: unknown): string {
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return textOf(messages).noRoom;
  }
  return asApiError(error).detail;
}

export function useKit(project: number, loop: LabelLoop): Kit {
  const user = useUser().id;
  const [tasks, setTasks] = useState<ReadonlySet<number>>(new Set());
  const [complete, setComplete] = useState(true);
  const [step, setStep] = useState<Step>({ phase: "idle" });
  const { queue } = useSyncExternalStore(loop.subscribe, loop.getState);
  const left = queue.filter((offer) => tasks.has(offer.id));

  useEffect(() => {
    if (!canKeep()) return;
    let wanted = true;
    void readKit(user, project).then(async (rows) => {
      const gone = await missingPictures(picturesOf(rows.map((row) => row.value as Offered)));
      if (!wanted) return;
      setTasks(new Set(rows.map((row) => row.task)));
      setComplete(gone.length === 0 && (rows.length === 0 || (await hasPages())));
    });
    return () => {
      wanted = false;
    };
  }, [user, project]);

  const load = async (offers: readonly Offered[]) => {
    setComplete(false);
    const here = `/api/v1/projects/${project}/`;
    const examples = await unwrap(
      client.GET("/api/v1/projects/{project_id}/examples/", {
        params: { path: { project_id: project } },
      }),
    );
    await keepPages(["/api/v1/session/", "/api/v1/projects/", here, `${here}examples/`]);
    const shown = examples.flatMap((one) => [one.image_url, one.thumb_url]);
    const addresses = await missingPictures([...picturesOf(offers), ...shown]);
    setStep({ phase: "loading", kept: 0, of: addresses.length });
    await keepPictures(addresses, (kept) =>
      setStep({ phase: "loading", kept, of: addresses.length }),
    );
    setComplete(true);
    announce(textOf(messages).readySaid(offers.length));
  };

  const attempt = async (first: Step, work: () => Promise<void>) => {
    setStep(first);
    try {
      await work();
      setStep({ phase: "idle" });
    } catch (error) {
      setStep({ phase: "failed", why: why(error) });
    }
  };

  const take = (count: number) =>
    attempt({ phase: "leasing" }, async () => {
      await leaseMany(project, loop, count);
      const offers = loop.getState().queue;
      if (offers.length === 0) throw new Error(textOf(messages).nothing);
      await packKit(
        offers.map((value, place) => {
          return { user, project, task: value.id, place, lease: value.lease.id, value };
        }),
      );
      setTasks(new Set(offers.map((offer) => offer.id)));
      await load(offers);
    });

  const giveBack = () =>
    attempt({ phase: "idle" }, async () => {
      const ahead = new Set(queue.slice(0, AHEAD + 1).map((offer) => offer.id));
      await returnKit(user, project, ahead);
      loop.letGo(new Set(left.map((offer) => offer.id).filter((task) => !ahead.has(task))));
      setTasks(new Set());
    });

  const finish = () => attempt({ phase: "leasing" }, () => load(left));
  return { left, complete, step, able: canKeep(), take, finish, giveBack };
}
