// Work without a line: how many items to take along, how far that is, what is still on the device.
import { Button, NativeSelect } from "@mantine/core";
import { useState, useSyncExternalStore } from "react";
import { useStore } from "zustand";
import { formatNumber, useMessages } from "@/i18n/messages";
import { outboxStatus } from "@/outbox/status";
import { Meter } from "@/ui/Tag";
import type { LabelLoop } from "../loop";
import panel from "../SidePanel.module.css";
import { messages } from "./messages";
import classes from "./OfflineSection.module.css";
import { type Kit, useKit } from "./useKit";

/** Of what is taken along of an image that comes as tiles, in pixels. */
const OVERVIEW_SIDE = 2048;
const COUNTS = [25, 50, 100, 200, 400];

function watchLine(listener: () => void): () => void {
  for (const type of ["online", "offline"]) window.addEventListener(type, listener);
  return () => {
    for (const type of ["online", "offline"]) window.removeEventListener(type, listener);
  };
}

export function OfflineSection({ project, loop }: { project: number; loop: LabelLoop }) {
  const t = useMessages(messages);
  const kit = useKit(project, loop);
  const online = useSyncExternalStore(watchLine, () => navigator.onLine);
  return (
    <section className={panel.block} data-testid="offline">
      <h2 className={panel.heading}>{t.title}</h2>
      <Body kit={kit} online={online} />
      {kit.step.phase === "failed" && (
        <p className={classes.problem} role="alert">
          {t.failed(kit.step.why)}
        </p>
      )}
    </section>
  );
}

function Body({ kit, online }: { kit: Kit; online: boolean }) {
  const t = useMessages(messages);
  const { step, left, complete } = kit;
  if (!kit.able) return <p className={panel.muted}>{t.unable}</p>;
  if (step.phase === "leasing") return <p role="status">{t.leasing}</p>;
  if (step.phase === "loading") {
    const words = t.loading(step.kept, step.of);
    return (
      <>
        <p className={classes.words}>{words}</p>
        <Meter label={words} value={step.kept} of={step.of} />
      </>
    );
  }
  if (left.length === 0) return <Take kit={kit} online={online} />;
  if (!complete) {
    return (
      <>
        <p className={classes.words}>{t.partial}</p>
        <Button size="xs" disabled={!online} onClick={() => void kit.finish()}>
          {t.finish}
        </Button>
      </>
    );
  }
  return <Taken kit={kit} online={online} />;
}

function Take({ kit, online }: { kit: Kit; online: boolean }) {
  const t = useMessages(messages);
  const [count, setCount] = useState(100);
  return (
    <>
      <p className={classes.words}>{t.text}</p>
      <div className={classes.choice}>
        <NativeSelect
          size="xs"
          aria-label={t.howMany}
          value={count}
          onChange={(event) => setCount(Number(event.currentTarget.value))}
          data={COUNTS.map((one) => ({ value: String(one), label: t.items(one) }))}
        />
        <Button size="xs" disabled={!online} onClick={() => void kit.take(count)}>
          {t.take}
        </Button>
      </div>
    </>
  );
}

function Taken({ kit, online }: { kit: Kit; online: boolean }) {
  const t = useMessages(messages);
  const { waiting } = useStore(outboxStatus);
  const large = kit.left.filter(({ item }) => item.tiles_url || item.other?.tiles_url).length;
  const until = new Date(Math.min(...kit.left.map((offer) => offer.expiresAt)));
  return (
    <>
      <p className={classes.words}>{t.ready(kit.left.length, until)}</p>
      {large > 0 && <p className={panel.hint}>{t.large(large, formatNumber(OVERVIEW_SIDE))}</p>}
      {!online && (
        <p className={classes.line} role="status">
          {t.offline}
        </p>
      )}
      {online && waiting > 0 && <p className={panel.hint}>{t.waiting}</p>}
      <Button
        size="xs"
        variant="default"
        disabled={!online || waiting > 0}
        onClick={() => void kit.giveBack()}
      >
        {t.giveBack}
      </Button>
    </>
  );
}
