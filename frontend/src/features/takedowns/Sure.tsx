// The reason, and the name that is typed because there is no way back.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import type { DatasetDetail } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notify } from "@/ui/notify";
import type { Chosen } from "./chosen";
import { messages } from "./messages";
import { useTakeDown } from "./requests";
import classes from "./Takedowns.module.css";

interface SureProps {
  dataset: DatasetDetail;
  chosen: Chosen;
  count: number;
  onDone: () => void;
}

export function Sure({ dataset, chosen, count, onDone }: SureProps) {
  const t = useMessages(messages);
  const take = useTakeDown(dataset.id);
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const ready = reason.trim() !== "" && typed === dataset.name;
  const send = () => {
    const body = { ...chosen, reason: reason.trim(), expected: count, confirm: typed };
    take.mutate(body, {
      onSuccess: () => {
        notify(t.started);
        onDone();
      },
    });
  };
  return (
    <form
      className={classes.form}
      aria-label={t.sure}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) send();
      }}
    >
      <TextInput
        label={t.reason}
        description={t.reasonHint}
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        label={t.confirm(dataset.name)}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {take.error && <p role="alert">{take.error.detail}</p>}
      <Button type="submit" color="red" loading={take.isPending} disabled={!ready}>
        {t.go(count)}
      </Button>
    </form>
  );
}
