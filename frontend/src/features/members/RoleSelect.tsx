import { NativeSelect } from "@mantine/core";
import type { Role } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { messages } from "./messages";

const ROLES: readonly Role[] = ["labeler", "reviewer", "manager"];

export function RoleSelect(props: { value: Role; onChange: (role: Role) => void }) {
  const t = useMessages(messages);
  return (
    <NativeSelect
      label={t.role}
      description={t[`role_${props.value}_text`]}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value as Role)}
      data={ROLES.map((role) => ({ value: role, label: t[`role_${role}`] }))}
    />
  );
}
