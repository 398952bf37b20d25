// Asks which method to try, and with which settings.
import { Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { methodsOf, useTaskKinds } from "@/api/taskKinds";
import type { Project } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { nameOf, names } from "@/ui/names";
import { messages } from "./messages";
import { type Parameter, parametersOf, paramsOf, titleOf } from "./methods";
import classes from "./Quality.module.css";
import { type ConsensusRun, useStartConsensusRun } from "./requests";

interface StartRunDialogProps {
  project: Project;
  onClose: () => void;
  onStarted: (run: ConsensusRun) => void;
}

export function StartRunDialog({ project, onClose, onStarted }: StartRunDialogProps) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const start = useStartConsensusRun(project.id);
  const kinds = useTaskKinds().data ?? [];
  const [method, setMethod] = useState<string>("auto");
  const [texts, setTexts] = useState<Record<string, string>>({});
  const parameters = parametersOf(kinds, project.task_type, method);
  const send = () => {
    const params = paramsOf(parameters, texts);
    start.mutate({ method, params }, { onSuccess: onStarted });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.startTitle}
      size={460}
      closeButtonProps={{ "aria-label": t.cancel }}
    >
      <DialogForm
        action={t.start}
        sending={start.isPending}
        refusal={start.error?.detail}
        onSend={send}
        onClose={onClose}
      >
        <NativeSelect
          label={t.methodLabel}
          data-autofocus
          value={method}
          onChange={(event) => setMethod(event.currentTarget.value)}
          data={methodsOf(kinds, project.task_type).map((name) => ({
            value: name,
            label: nameOf(called, "method", name),
          }))}
        />
        {method === "auto" && <p className={classes.hint}>{t.autoHint}</p>}
        {parameters.length > 0 && (
          <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
            <legend className={classes.quiet}>
              {t.parameters}. {t.parametersHint}
            </legend>
            <Stack gap="xs" mt="xs">
              {parameters.map(({ name, ...range }) => (
                <TextInput
                  key={name}
                  label={titleOf(t, name)}
                  description={rangeOf(t, range)}
                  placeholder={formatNumber(range.default)}
                  inputMode="decimal"
                  value={texts[name] ?? ""}
                  onChange={(event) => {
                    const { value } = event.currentTarget;
                    setTexts((last) => ({ ...last, [name]: value }));
                  }}
                />
              ))}
            </Stack>
          </fieldset>
        )}
      </DialogForm>
    </Modal>
  );
}

function rangeOf(
  t: typeof messages.english,
  { low, high }: Pick<Parameter, "low" | "high">,
): string {
  return high >= 1000
    ? t.rangeFrom(formatNumber(low))
    : t.range(formatNumber(low), formatNumber(high));
}
