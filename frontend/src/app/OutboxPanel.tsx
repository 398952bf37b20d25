// What has not reached the server, why, and what can be done about it.
import { Button, Group, Modal } from "@mantine/core";
import { useStore } from "zustand";
import { formatRelative, useMessages } from "@/i18n/messages";
import { draftName, keepDraft, readDraft } from "@/outbox/drafts";
import type { Entry } from "@/outbox/entry";
import { outbox } from "@/outbox/outbox";
import { outboxStatus } from "@/outbox/status";
import { confirm } from "@/ui/confirm";
import classes from "./StatusBar.module.css";
import { statusMessages } from "./statusMessages";

export function OutboxPanel({ onClose }: { onClose: () => void }) {
  const t = useMessages(statusMessages);
  const { waiting, rejected, ofOthers, durable } = useStore(outboxStatus);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.panelTitle}
      size={520}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {waiting === 0 && rejected.length === 0 && <p>{t.nothing}</p>}
      {waiting > 0 && (
        <>
          <h3 className={classes.heading}>{t.waitingTitle(waiting)}</h3>
          <p className={classes.text}>{durable ? t.waitingText : t.notDurable}</p>
        </>
      )}
      {rejected.length > 0 && (
        <>
          <h3 className={classes.heading}>{t.rejectedTitle(rejected.length)}</h3>
          <p className={classes.text}>{t.rejectedText}</p>
          <ul className={classes.list}>
            {rejected.map((entry) => (
              <Rejected key={entry.key} entry={entry} />
            ))}
          </ul>
        </>
      )}
      {ofOthers > 0 && <p className={classes.text}>{t.ofOthers(ofOthers)}</p>}
    </Modal>
  );
}

/** All of a text that was written: the note has only its beginning, and it is kept nowhere else. */
function textIn(body: unknown): string | undefined {
  const text = (body as { answer?: { text?: unknown } } | null)?.answer?.text;
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** The item is not this labeler's any more: no other try can succeed, whatever the answer. */
const LOST = new Set(["lease_lost", "lease_unknown"]);

function isLost({ kind, error }: Entry): boolean {
  return kind === "submit" && LOST.has(error?.code ?? "");
}

/** The item begins with it: at once where it is on the screen, else when it is given once more. */
async function keepAsDraft({ key, body, note }: Entry, mayReplace: Ask): Promise<void> {
  const name = draftName(note.project, note.task);
  if ((await readDraft(name)) !== undefined && !(await mayReplace())) return;
  await keepDraft(name, (body as { answer: unknown }).answer);
  outbox.discard(key);
}

type Ask = () => Promise<boolean>;

function Rejected({ entry }: { entry: Entry }) {
  const t = useMessages(statusMessages);
  const discard = async () => {
    const sure = await confirm({
      title: t.discardTitle,
      body: t.discardText,
      action: t.discard,
      danger: true,
    });
    if (sure) outbox.discard(entry.key);
  };
  const mayReplace = () =>
    confirm({ title: t.replaceTitle, body: t.replaceText, action: t.replace });
  return (
    <li className={classes.entry}>
      {entry.note.thumb && <img className={classes.thumb} src={entry.note.thumb} alt="" />}
      <div className={classes.what}>
        <strong>{textIn(entry.body) ?? entry.note.text}</strong>
        <span className={classes.when}>
          {entry.kind !== "grid" && `${t.item(entry.note.task)} · `}
          {formatRelative(new Date(entry.createdAt))}
        </span>
        <span className={classes.why}>
          {isLost(entry) ? t.lost : entry.error?.detail || entry.error?.code}
        </span>
      </div>
      <Group gap="xs" wrap="nowrap">
        {isLost(entry) ? (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => void keepAsDraft(entry, mayReplace)}
          >
            {t.keepAsDraft}
          </Button>
        ) : (
          <Button size="compact-sm" variant="default" onClick={() => outbox.retry(entry.key)}>
            {t.sendAgain}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" color="red" onClick={() => void discard()}>
          {t.discard}
        </Button>
      </Group>
    </li>
  );
}
