// What one webhook was sent: how it went, what it said, and sending it again.
import { Button } from "@mantine/core";
import { formatRelative, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { notify, notifyProblem } from "@/ui/notify";
import { Empty } from "@/ui/states";
import { Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";
import { type Delivery, type EventName, useDeliveries, useResend, type Webhook } from "./requests";
import classes from "./Webhooks.module.css";

const TONES: Record<Delivery["state"], Tone> = {
  waiting: "neutral",
  retrying: "warn",
  delivered: "ok",
  failed: "error",
};

export function DeliveryLog({ hook }: { hook: Webhook }) {
  const t = useMessages(messages);
  const pages = useDeliveries(hook.id);
  const resend = useResend(hook.id);
  const columns: Column<Delivery>[] = [
    {
      key: "state",
      title: t.state,
      width: 150,
      render: ({ state }) => <Tag tone={TONES[state]}>{t[`state_${state}`]}</Tag>,
    },
    {
      key: "event",
      title: t.event,
      render: ({ event, body }) => (
        <details>
          <summary>{t[`event_${event as EventName | "ping"}`] ?? event}</summary>
          <pre className={classes.body}>{JSON.stringify(body, null, 1)}</pre>
        </details>
      ),
    },
    {
      key: "answer",
      title: t.answer,
      wideOnly: true,
      render: ({ status_code: status, error, attempts }) => (
        <>
          {error || status} <span className={classes.quiet}>{t.attempts(attempts)}</span>
        </>
      ),
    },
    {
      key: "when",
      title: t.when,
      width: 130,
      wideOnly: true,
      render: (row) => formatRelative(row.created_at),
    },
    {
      key: "again",
      title: "",
      align: "end",
      width: 120,
      render: ({ id }) => (
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={() =>
            resend.mutate(id, { onError: notifyProblem, onSuccess: () => notify(t.resent) })
          }
        >
          {t.resend}
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label={t.logOf(hook.url)}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      empty={
        <Empty icon="bolt" title={t.noLog}>
          {t.noLogText}
        </Empty>
      }
    />
  );
}
