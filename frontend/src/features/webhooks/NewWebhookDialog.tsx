// Makes a webhook, and shows its secret this once.
import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { CopyField } from "@/ui/CopyField";
import { DialogForm } from "@/ui/DialogForm";
import { messages } from "./messages";
import { EVENTS, type EventName, useMakeWebhook } from "./requests";
import classes from "./Webhooks.module.css";

export function NewWebhookDialog({ project, onClose }: { project: number; onClose: () => void }) {
  const t = useMessages(messages);
  const make = useMakeWebhook(project);
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<readonly EventName[]>(["labels.settled"]);
  const made = make.data;
  return (
    <Modal
      opened
      // A click beside it must not lose the secret.
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      onClose={onClose}
      title={made ? t.madeTitle : t.create}
      size={480}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {made ? (
        <Stack gap="md">
          <p className={classes.quiet}>{t.secretText}</p>
          <CopyField label={t.secret} value={made.secret} />
          <Group justify="flex-end">
            <Button onClick={onClose}>{t.done}</Button>
          </Group>
        </Stack>
      ) : (
        <DialogForm
          action={t.make}
          sending={make.isPending}
          ready={url.trim() !== "" && events.length > 0}
          refusal={make.error?.detail}
          onSend={() => make.mutate({ url: url.trim(), events: [...events] })}
          onClose={onClose}
        >
          <TextInput
            label={t.url}
            type="url"
            placeholder={t.urlExample}
            data-autofocus
            maxLength={500}
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
          />
          <fieldset className={classes.events}>
            <legend>{t.events}</legend>
            {EVENTS.map((name) => (
              <Checkbox
                key={name}
                label={t[`event_${name}`]}
                checked={events.includes(name)}
                onChange={(event) => {
                  const on = event.currentTarget.checked;
                  setEvents(EVENTS.filter((one) => (one === name ? on : events.includes(one))));
                }}
              />
            ))}
          </fieldset>
        </DialogForm>
      )}
    </Modal>
  );
}
