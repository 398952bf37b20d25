// What a dialog asks: its fields, why the server refused them, and the buttons.
import { Button, Group, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useMessages } from "@/i18n/messages";
import classes from "./DialogForm.module.css";
import { messages } from "./messages";

interface DialogFormProps {
  /** What the button says that sends the form. */
  action: string;
  sending: boolean;
  /** Whether there is enough to send. */
  ready?: boolean;
  refusal?: string | null | undefined;
  onSend: () => void;
  onClose: () => void;
  children: ReactNode;
}

export function DialogForm(props: DialogFormProps) {
  const { action, sending, ready = true, refusal, onSend, onClose, children } = props;
  const t = useMessages(messages);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <Stack gap="md">
        {children}
        {refusal && (
          <p className={classes.refusal} role="alert">
            {refusal}
          </p>
        )}
      </Stack>
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t.cancel}
        </Button>
        <Button type="submit" loading={sending} disabled={!ready}>
          {action}
        </Button>
      </Group>
    </form>
  );
}
