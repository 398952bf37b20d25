// Sends predictions that a model from elsewhere made, and asks what it has learned from.
import { Button, FileButton, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { notify } from "@/ui/notify";
import { messages } from "./messages";
import { TRAINED_ON, type TrainedOn, useSendPredictions } from "./predictions";
import classes from "./RunsScreen.module.css";

export function PredictionsDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useMessages(messages);
  const send = useSendPredictions(project.id);
  const [file, setFile] = useState<File | null>(null);
  const [name, setName] = useState("");
  const [trainedOn, setTrainedOn] = useState<TrainedOn>("unknown");
  const reads = project.task_type === "transcription";
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.predictionsTitle}
      size={520}
      closeButtonProps={{ "aria-label": t.cancel }}
    >
      <DialogForm
        action={t.predictionsSend}
        sending={send.isPending}
        ready={file !== null && name.trim() !== ""}
        refusal={send.error?.detail}
        onSend={() =>
          file &&
          send.mutate(
            { file, name: name.trim(), trainedOn },
            {
              onSuccess: () => {
                notify(t.predictionsSent);
                onClose();
              },
            },
          )
        }
        onClose={onClose}
      >
        <p className={classes.promotion}>
          {reads ? t.predictionsTextsForm : t.predictionsClassesForm}
        </p>
        <FileButton onChange={setFile} accept=".csv,.tsv,.txt,.jsonl,.ndjson,.parquet">
          {(props) => (
            <Button variant="default" {...props}>
              {file ? file.name : t.predictionsFile}
            </Button>
          )}
        </FileButton>
        <TextInput
          label={t.predictionsName}
          description={t.predictionsNameHint}
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t.predictionsTrained}
          description={t[`predictionsTrainedHint_${trainedOn}`]}
          value={trainedOn}
          onChange={(event) => setTrainedOn(event.currentTarget.value as TrainedOn)}
          data={TRAINED_ON.map((one) => ({ value: one, label: t[`predictionsTrained_${one}`] }))}
        />
      </DialogForm>
    </Modal>
  );
}
