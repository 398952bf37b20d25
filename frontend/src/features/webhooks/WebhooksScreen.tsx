// The addresses that are told what happens in a project, and the log of what each was sent.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useProjectId } from "@/api/project";
import { useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { notify, notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { DeliveryLog } from "./DeliveryLog";
import { messages } from "./messages";
import { NewWebhookDialog } from "./NewWebhookDialog";
import {
  type EventName,
  useDeleteWebhook,
  useSwitchWebhook,
  useTryWebhook,
  useWebhooks,
  type Webhook,
} from "./requests";
import classes from "./Webhooks.module.css";

export function WebhooksScreen() {
  const t = useMessages(messages);
  const project = useProjectId();
  const hooks = useWebhooks(project);
  const [making, setMaking] = useState(false);
  const make = <Button onClick={() => setMaking(true)}>{t.create}</Button>;
  return (
    <Page
      title={t.title}
      description={t.text}
      actions={
        <>
          <Button component={Link} to={`/projects/${project}/settings`} variant="default">
            {t.toSettings}
          </Button>
          {make}
        </>
      }
    >
      <Loaded query={hooks}>
        {(rows) =>
          rows.length === 0 ? (
            <Empty icon="bolt" title={t.none}>
              {t.noneText}
            </Empty>
          ) : (
            rows.map((hook) => <Hook key={hook.id} hook={hook} />)
          )
        }
      </Loaded>
      {making && <NewWebhookDialog project={project} onClose={() => setMaking(false)} />}
    </Page>
  );
}

function Hook({ hook }: { hook: Webhook }) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
  return (
    <Section title={hook.url} actions={<Actions hook={hook} onTried={() => setOpen(true)} />}>
      <div className={classes.facts}>
        <Tag tone={hook.active ? "ok" : "neutral"}>{hook.active ? t.on : t.off}</Tag>
        {hook.events.map((name) => (
          <Tag key={name}>{t[`event_${name as EventName}`] ?? name}</Tag>
        ))}
      </div>
      <Button
        variant="subtle"
        size="compact-sm"
        className={classes.fold}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t.log}
      </Button>
      {open && <DeliveryLog hook={hook} />}
    </Section>
  );
}

function Actions({ hook, onTried }: { hook: Webhook; onTried: () => void }) {
  const t = useMessages(messages);
  const attempt = useTryWebhook();
  const turn = useSwitchWebhook(hook.project);
  const remove = useDeleteWebhook(hook.project);
  const drop = async () => {
    const sure = await confirm({
      title: t.deleteTitle,
      body: t.deleteText,
      action: t.delete,
      danger: true,
    });
    if (sure) remove.mutate(hook.id, { onError: notifyProblem });
  };
  const tryIt = () =>
    attempt.mutate(hook.id, {
      onError: notifyProblem,
      onSuccess: () => {
        notify(t.tried);
        onTried();
      },
    });
  return (
    <>
      {hook.active && (
        <Button variant="default" loading={attempt.isPending} onClick={tryIt}>
          {t.try}
        </Button>
      )}
      <Button
        variant="default"
        loading={turn.isPending}
        onClick={() =>
          turn.mutate({ id: hook.id, active: !hook.active }, { onError: notifyProblem })
        }
      >
        {hook.active ? t.switchOff : t.switchOn}
      </Button>
      <Button variant="default" loading={remove.isPending} onClick={() => void drop()}>
        {t.delete}
      </Button>
    </>
  );
}
