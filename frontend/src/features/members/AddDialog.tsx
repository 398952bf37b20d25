// Gives somebody who has an account already a role in the project.
import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Role } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notify } from "@/ui/notify";
import classes from "./Dialogs.module.css";
import { messages } from "./messages";
import { RoleSelect } from "./RoleSelect";
import { useAddMember } from "./requests";

export function AddDialog({ project, onClose }: { project: number; onClose: () => void }) {
  const t = useMessages(messages);
  const add = useAddMember(project);
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<Role>("labeler");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { username: username.trim(), role },
      {
        onSuccess: (member) => {
          notify(t.added(member.display_name || member.username));
          onClose();
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.addTitle}
      size={420}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label={t.username}
            description={t.usernameHint}
            autoCapitalize="none"
            autoComplete="off"
            data-autofocus
            value={username}
            onChange={(event) => setUsername(event.currentTarget.value)}
          />
          <RoleSelect value={role} onChange={setRole} />
          {add.error && (
            <p className={classes.refusal} role="alert">
              {add.error.detail}
            </p>
          )}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={add.isPending} disabled={username.trim() === ""}>
            {t.addAction}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
