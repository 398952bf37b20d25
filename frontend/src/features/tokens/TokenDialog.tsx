// Makes a token and shows it this once, with commands that work as they stand.
import { Button, Checkbox, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { CopyField } from "@/ui/CopyField";
import { DialogForm } from "@/ui/DialogForm";
import { curlExample, pythonExample } from "./examples";
import { messages } from "./messages";
import { type NewToken, type Scope, useMakeToken } from "./requests";
import classes from "./TokenDialog.module.css";

const SCOPES: readonly Scope[] = ["read", "write", "admin"];
const DAYS = [7, 30, 90, 365];

export function TokenDialog({ onClose }: { onClose: () => void }) {
  const t = useMessages(messages);
  const make = useMakeToken();
  const made = make.data;
  return (
    <Modal
      opened
      // A click beside it must not lose the secret.
      closeOnClickOutside={!made}
      closeOnEscape={!made}
      onClose={onClose}
      title={made ? t.madeTitle : t.create}
      size={made ? 640 : 460}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {made ? (
        <Secret token={made.token} onClose={onClose} />
      ) : (
        <Wanted make={make} onClose={onClose} />
      )}
    </Modal>
  );
}

function Wanted({ make, onClose }: { make: ReturnType<typeof useMakeToken>; onClose: () => void }) {
  const t = useMessages(messages);
  const [wanted, setWanted] = useState<NewToken>({
    name: "",
    scopes: ["read", "write"],
    expires_in_days: 90,
  });
  const toggle = (scope: Scope, on: boolean) =>
    setWanted((old) => ({
      ...old,
      scopes: SCOPES.filter((one) => (one === scope ? on : old.scopes.includes(one))),
    }));
  return (
    <DialogForm
      action={t.make}
      sending={make.isPending}
      ready={wanted.name.trim() !== "" && wanted.scopes.length > 0}
      refusal={make.error?.detail}
      onSend={() => make.mutate({ ...wanted, name: wanted.name.trim() })}
      onClose={onClose}
    >
      <TextInput
        label={t.name}
        placeholder={t.nameExample}
        data-autofocus
        maxLength={100}
        value={wanted.name}
        onChange={(event) => setWanted({ ...wanted, name: event.currentTarget.value })}
      />
      <fieldset className={classes.scopes}>
        <legend>{t.scopes}</legend>
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            label={
              <>
                {t[`scope_${scope}`]}{" "}
                <span className={classes.quiet}>{t[`scope_${scope}_text`]}</span>
              </>
            }
            checked={wanted.scopes.includes(scope)}
            onChange={(event) => toggle(scope, event.currentTarget.checked)}
          />
        ))}
      </fieldset>
      <NativeSelect
        label={t.expires}
        value={String(wanted.expires_in_days ?? "")}
        onChange={(event) =>
          setWanted({ ...wanted, expires_in_days: Number(event.currentTarget.value) || null })
        }
        data={[
          ...DAYS.map((days) => ({ value: String(days), label: t.days(days) })),
          { value: "", label: t.never },
        ]}
      />
    </DialogForm>
  );
}

function Secret({ token, onClose }: { token: string; onClose: () => void }) {
  const t = useMessages(messages);
  return (
    <Stack gap="md">
      <p className={classes.quiet}>{t.madeText}</p>
      <CopyField label={t.token} value={token} />
      <CopyField label={t.curl} value={curlExample(location.origin, token)} />
      <CopyField label={t.python} value={pythonExample(location.origin, token)} />
      <Group justify="flex-end">
        <Button onClick={onClose}>{t.done}</Button>
      </Group>
    </Stack>
  );
}
