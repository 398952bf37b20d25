// The line at the bottom: whether everything is saved, and what the screen adds to it.
import { UnstyledButton } from "@mantine/core";
import { lazy, Suspense, useEffect, useState } from "react";
import { useStore } from "zustand";
import { signInNeeded } from "@/api/http";
import { useMessages } from "@/i18n/messages";
import { type OutboxStatus, outboxStatus } from "@/outbox/status";
import { announce } from "@/ui/announce";
import { Icon, type IconName } from "@/ui/icons";
import { useStatusSlot } from "@/ui/StatusSlot";
import classes from "./StatusBar.module.css";
import { statusMessages } from "./statusMessages";

const OutboxPanel = lazy(async () => ({ default: (await import("./OutboxPanel")).OutboxPanel }));

type Tone = "ok" | "busy" | "warn" | "error";

interface Line {
  text: string;
  tone: Tone;
  icon: IconName;
}

function lineOf(status: OutboxStatus, t: (typeof statusMessages)["english"]): Line | null {
  const { known, waiting, rejected, trouble } = status;
  if (!known) return null;
  if (rejected.length > 0)
    return { text: t.rejected(rejected.length), tone: "error", icon: "warning" };
  if (waiting === 0) return { text: t.saved, tone: "ok", icon: "check" };
  if (trouble === "offline") return { text: t.offline(waiting), tone: "warn", icon: "offline" };
  if (trouble === "signIn") return { text: t.signIn(waiting), tone: "warn", icon: "warning" };
  if (trouble === "server") return { text: t.server(waiting), tone: "warn", icon: "warning" };
  return { text: t.saving(waiting), tone: "busy", icon: "export" };
}

export function StatusBar() {
  const t = useMessages(statusMessages);
  const status = useStore(outboxStatus);
  const [open, setOpen] = useState(false);
  const slot = useStatusSlot();
  const line = lineOf(status, t);
  useSpoken(line);
  const click = () => {
    if (status.trouble === "signIn" && status.rejected.length === 0) {
      signInNeeded.setState({ needed: true });
    } else setOpen(true);
  };
  return (
    <footer className={classes.status}>
      {line && (
        <UnstyledButton
          className={classes.outbox}
          data-tone={line.tone}
          data-testid="outbox-status"
          onClick={click}
        >
          <Icon name={line.icon} size={14} />
          {line.text}
        </UnstyledButton>
      )}
      <div className={classes.slot} ref={slot} />
      {open && (
        <Suspense>
          <OutboxPanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </footer>
  );
}

/** Speaks of trouble and of its end, not of each answer. */
function useSpoken(line: Line | null): void {
  const text = line && line.tone !== "ok" && line.tone !== "busy" ? line.text : null;
  useEffect(() => {
    if (text !== null) announce(text);
  }, [text]);
}
