// Gives somebody who has an account already a role in the project.
import { Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Role } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { notify } from "@/ui/notify";
import { messages } from "./messages";
import { RoleSelect } from "./RoleSelect";
import { useAddMember } from "./requests";

export function AddDialog({ project, onClose }: { project: number; onClose: () => void }) {
  const t = useMessages(messages);
  const add = useAddMember(project);
  const [username, setUsername] = useState("");
  const [role, setRole] = useState<Role>("labeler");
  const send = () =>
    add.mutate(
      { username: username.trim(), role },
      {
        onSuccess: (member) => {
          notify(t.added(member.display_name || member.username));
          onClose();
        },
      },
    );
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.addTitle}
      size={420}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <DialogForm
        action={t.addAction}
        sending={add.isPending}
        ready={username.trim() !== ""}
        refusal={add.error?.detail}
        onSend={send}
        onClose={onClose}
      >
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
      </DialogForm>
    </Modal>
  );
}
