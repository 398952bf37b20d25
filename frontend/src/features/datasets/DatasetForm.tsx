// Name, kind and origin of a dataset, in a dialog for a new one and for a known one.
import { Modal, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import type { ApiError } from "@/api/errors";
import type { Dataset, NewDataset } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { showFieldErrors } from "@/ui/form";
import { messages } from "./messages";

const KINDS = ["handwriting", "face", "other"] as const;
const EMPTY: NewDataset = {
  name: "",
  description: "",
  kind: "handwriting",
  licence: "",
  source: "",
};

interface DatasetFormProps {
  /** The dataset to change; a new one when left out. */
  dataset?: Dataset;
  saving: boolean;
  /** Rejects with an ApiError where the server refuses. */
  onSave: (values: NewDataset) => Promise<unknown>;
  onClose: () => void;
}

export function DatasetForm({ dataset, saving, onSave, onClose }: DatasetFormProps) {
  const t = useMessages(messages);
  const [refusal, setRefusal] = useState<string | null>(null);
  const form = useForm<NewDataset>({ initialValues: valuesOf(dataset) });
  const send = async () => {
    setRefusal(null);
    try {
      await onSave({ ...form.values, name: form.values.name.trim() });
    } catch (error) {
      setRefusal(showFieldErrors(form, error as ApiError));
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={dataset ? t.edit : t.newDataset}
      size={480}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <DialogForm
        action={dataset ? t.save : t.create}
        sending={saving}
        ready={form.values.name.trim() !== ""}
        refusal={refusal}
        onSend={() => void send()}
        onClose={onClose}
      >
        <TextInput
          label={t.name}
          placeholder={t.nameExample}
          required
          withAsterisk={false}
          data-autofocus
          maxLength={200}
          {...form.getInputProps("name")}
        />
        <NativeSelect
          label={t.kind}
          data={KINDS.map((kind) => ({ value: kind, label: t[`kind_${kind}`] }))}
          {...form.getInputProps("kind")}
        />
        <TextInput
          label={t.source}
          placeholder={t.sourceExample}
          maxLength={500}
          {...form.getInputProps("source")}
        />
        <TextInput
          label={t.licence}
          placeholder={t.licenceExample}
          maxLength={200}
          {...form.getInputProps("licence")}
        />
        <Textarea
          label={t.description}
          autosize
          minRows={2}
          maxRows={8}
          {...form.getInputProps("description")}
        />
      </DialogForm>
    </Modal>
  );
}

function valuesOf(dataset: Dataset | undefined): NewDataset {
  if (!dataset) return EMPTY;
  const { name, description, kind, licence, source } = dataset;
  return { name, description, kind, licence, source };
}
