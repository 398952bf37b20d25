// Asks for a new release: its name, its splits, and which labels are sure enough.
import { Checkbox, NativeSelect, Textarea, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import { messages } from "./messages";
import classes from "./Releases.module.css";
import { useMakeRelease } from "./requests";
import { drawsShares, PLAIN, requestOf, SPLITS, sharesFit, type Wanted } from "./wanted";

const CONFIDENCES = [0.8, 0.9, 0.95, 0.99];
const WAYS = ["group", "item", "given", "none"] as const;

interface NewReleaseProps {
  project: number;
  /** The name of the newest release, to go on with. */
  lastName: string;
  onClose: () => void;
}

export function NewReleaseDialog({ project, lastName, onClose }: NewReleaseProps) {
  const t = useMessages(messages);
  const make = useMakeRelease(project);
  const [wanted, setWanted] = useState<Wanted>({ ...PLAIN, name: lastName });
  const set = (part: Partial<Wanted>) => setWanted((old) => ({ ...old, ...part }));
  return (
    <Dialog title={t.create} onClose={onClose}>
      <DialogForm
        action={t.make}
        sending={make.isPending}
        ready={wanted.name.trim() !== "" && sharesFit(wanted)}
        refusal={make.error?.detail}
        onSend={() => make.mutate(requestOf(wanted), { onSuccess: onClose })}
        onClose={onClose}
      >
        <TextInput
          label={t.name}
          description={t.nameText}
          placeholder="letters"
          data-autofocus
          maxLength={60}
          value={wanted.name}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <Textarea
          label={t.note}
          description={t.noteText}
          autosize
          minRows={2}
          maxLength={2000}
          value={wanted.note}
          onChange={(event) => set({ note: event.currentTarget.value })}
        />
        <NativeSelect
          label={t.splitBy}
          value={wanted.split_by}
          onChange={(event) => set({ split_by: event.currentTarget.value as Wanted["split_by"] })}
          data={WAYS.map((way) => ({ value: way, label: t[`split_${way}`] }))}
        />
        {drawsShares(wanted) && <Shares wanted={wanted} onChange={set} />}
        <NativeSelect
          label={t.confidence}
          value={wanted.min_confidence}
          onChange={(event) => set({ min_confidence: event.currentTarget.value })}
          data={[
            { value: "", label: t.anyConfidence },
            ...CONFIDENCES.map((share) => ({
              value: String(share),
              label: t.percent(share * 100),
            })),
          ]}
        />
        <Checkbox
          label={t.withVotes}
          description={t.withVotesText}
          checked={wanted.with_votes}
          onChange={(event) => set({ with_votes: event.currentTarget.checked })}
        />
      </DialogForm>
    </Dialog>
  );
}

interface SharesProps {
  wanted: Wanted;
  onChange: (part: Partial<Wanted>) => void;
}

function Shares({ wanted, onChange }: SharesProps) {
  const t = useMessages(messages);
  return (
    <div>
      <div className={classes.shares}>
        {SPLITS.map((name) => (
          <TextInput
            key={name}
            label={t[`share_${name}`]}
            inputMode="decimal"
            value={wanted.shares[name]}
            onChange={(event) =>
              onChange({ shares: { ...wanted.shares, [name]: event.currentTarget.value } })
            }
          />
        ))}
      </div>
      {!sharesFit(wanted) && (
        <p className={classes.refusal} role="status">
          {t.sharesWrong}
        </p>
      )}
    </div>
  );
}
