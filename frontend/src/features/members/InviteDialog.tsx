// Makes a link by which one person joins; the link is shown this once.
import { Button, Group, Modal, NativeSelect, Stack } from "@mantine/core";
import { useState } from "react";
import type { Role } from "@/api/types";
import { formatDay, useMessages } from "@/i18n/messages";
import { CopyField } from "@/ui/CopyField";
import { DialogForm } from "@/ui/DialogForm";
import classes from "./Dialogs.module.css";
import { messages } from "./messages";
import { RoleSelect } from "./RoleSelect";
import { useInvite } from "./requests";

const DAYS = [1, 7, 14, 30];

export function InviteDialog({ project, onClose }: { project: number; onClose: () => void }) {
  const t = useMessages(messages);
  const invite = useInvite(project);
  const [role, setRole] = useState<Role>("labeler");
  const [days, setDays] = useState(14);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.inviteTitle}
      size={480}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {invite.data ? (
        <Stack gap="md">
          <CopyField label={t.link} value={new URL(invite.data.url, location.origin).href} />
          <p className={classes.text}>{t.linkText(formatDay(invite.data.expires_at))}</p>
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={() => invite.reset()}>
              {t.another}
            </Button>
            <Button onClick={onClose}>{t.close}</Button>
          </Group>
        </Stack>
      ) : (
        <DialogForm
          action={t.makeLink}
          sending={invite.isPending}
          refusal={invite.error?.detail}
          onSend={() => invite.mutate({ role, days })}
          onClose={onClose}
        >
          <p className={classes.text}>{t.inviteText}</p>
          <RoleSelect value={role} onChange={setRole} />
          <NativeSelect
            label={t.days}
            value={String(days)}
            onChange={(event) => setDays(Number(event.currentTarget.value))}
            data={DAYS.map((n) => ({ value: String(n), label: t.daysOption(n) }))}
          />
        </DialogForm>
      )}
    </Modal>
  );
}
