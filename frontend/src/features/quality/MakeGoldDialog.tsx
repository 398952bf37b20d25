// Asks out of what gold is made, and how much of it.
import { Modal, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMakeGold } from "@/api/gold";
import { useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { notify } from "@/ui/notify";
import { Segmented } from "@/ui/Segmented";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { useGoldOverview } from "./requests";

type Source = "settled" | "known";

export function MakeGoldDialog({ project, onClose }: { project: number; onClose: () => void }) {
  const t = useMessages(messages);
  const overview = useGoldOverview(project).data;
  const make = useMakeGold(project);
  const knownLeft = overview?.known_left ?? null;
  const [chosen, setChosen] = useState<Source | null>(null);
  const source: Source = chosen ?? (knownLeft ? "known" : "settled");
  const [limit, setLimit] = useState("50");
  const [percent, setPercent] = useState("95");
  const send = () => {
    const body =
      source === "known"
        ? { source, limit: Number(limit) }
        : { source, limit: Number(limit), least_confidence: Number(percent) / 100 };
    make.mutate(body, {
      onSuccess: ({ made }) => {
        notify(made > 0 ? t.made(made) : t.noneMade);
        onClose();
      },
    });
  };
  const left = source === "known" ? knownLeft : (overview?.settled_left ?? null);
  const fields = make.error?.fields ?? {};
  const refusal = Object.keys(fields).length === 0 ? make.error?.detail : null;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.makeGoldTitle}
      size={460}
      closeButtonProps={{ "aria-label": t.cancel }}
    >
      <DialogForm
        action={t.makeGold}
        sending={make.isPending}
        ready={left !== 0}
        refusal={refusal}
        onSend={send}
        onClose={onClose}
      >
        <Segmented
          label={t.source}
          labelShown
          value={source}
          onChange={setChosen}
          options={(["known", "settled"] as const).map((value) => ({
            value,
            label: t[`source_${value}`],
          }))}
        />
        <p className={classes.text}>
          {source === "known" ? t.knownHint : t.settledHint}{" "}
          {source === "known" && overview && knownLeft === null && t.knownNotYours}
          {left !== null && t.left(left)}
        </p>
        <TextInput
          label={t.count}
          inputMode="numeric"
          value={limit}
          error={fields.limit?.join(" ")}
          onChange={(event) => setLimit(event.currentTarget.value)}
        />
        {source === "settled" && (
          <TextInput
            label={t.leastSure}
            inputMode="decimal"
            value={percent}
            error={fields.least_confidence?.join(" ")}
            onChange={(event) => setPercent(event.currentTarget.value)}
          />
        )}
      </DialogForm>
    </Modal>
  );
}
