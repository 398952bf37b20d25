import { Button, Group, Modal } from "@mantine/core";
import { useMessages } from "@/i18n/messages";
import type { Asked } from "./confirm";
import { messages } from "./messages";

export function ConfirmDialog({ question }: { question: Asked }) {
  const t = useMessages(messages);
  return (
    <Modal
      opened
      onClose={() => question.answer(false)}
      title={question.title}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {question.body}
      <Group justify="flex-end" mt="lg" gap="sm">
        <Button variant="default" onClick={() => question.answer(false)}>
          {t.cancel}
        </Button>
        <Button
          color={question.danger ? "red" : undefined}
          data-autofocus
          onClick={() => question.answer(true)}
        >
          {question.action}
        </Button>
      </Group>
    </Modal>
  );
}
