// Uploads into this dataset: how far each is, and what became of every file.
import { ActionIcon, Button } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";
import { formatBytes, useMessages } from "@/i18n/messages";
import { saveText } from "@/lib/save";
import { Icon } from "@/ui/icons";
import { Meter, Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";
import { type FileNote, placeOf, reportAsCsv, type UploadReport, worthReading } from "./report";
import classes from "./UploadPanel.module.css";
import { cancelUpload, dismissUpload, type Upload, uploads } from "./uploads";

/** Notes on the page; the CSV has all. */
const SHOWN = 200;

export function UploadPanel({ dataset }: { dataset: number }) {
  const t = useMessages(messages);
  const mine = useStore(uploads).list.filter((one) => one.dataset === dataset);
  if (mine.length === 0) return null;
  return (
    <section className={classes.panel} aria-label={t.uploads}>
      {mine.map((one) => (
        <UploadRow key={one.id} upload={one} />
      ))}
    </section>
  );
}

function UploadRow({ upload }: { upload: Upload }) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
  const running = upload.phase === "sending" || upload.phase === "reading";
  const notes = worthReading(upload.report).length + upload.report.rows.length;
  return (
    <div className={classes.upload}>
      <div className={classes.line}>
        <span className={classes.what}>
          {running && <Doing upload={upload} />}
          {!running && <Ended upload={upload} />}
        </span>
        <Counts report={upload.report} />
        {notes > 0 && (
          <Button
            variant="subtle"
            size="compact-sm"
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            {open ? t.hideDetails : t.details(notes)}
          </Button>
        )}
        {running ? (
          <Button variant="default" size="compact-sm" onClick={() => cancelUpload(upload.id)}>
            {t.stop}
          </Button>
        ) : (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t.dismiss}
            title={t.dismiss}
            onClick={() => dismissUpload(upload.id)}
          >
            <Icon name="close" size={14} />
          </ActionIcon>
        )}
      </div>
      {running && (
        <Meter
          label={t.uploadProgress}
          value={upload.phase === "sending" ? upload.sent : upload.progress}
          of={upload.phase === "sending" ? upload.bytes : 1}
        />
      )}
      {open && <Notes report={upload.report} />}
    </div>
  );
}

function Doing({ upload }: { upload: Upload }) {
  const t = useMessages(messages);
  if (upload.phase === "sending") {
    const [sent, total] = [formatBytes(upload.sent), formatBytes(upload.bytes)];
    return <>{t.sending(sent, total, upload.files)}</>;
  }
  return (
    <>
      {t.reading(upload.files)}
      {upload.message && <span className={classes.quiet}> · {upload.message}</span>}
    </>
  );
}

function Ended({ upload }: { upload: Upload }) {
  const t = useMessages(messages);
  if (upload.phase === "failed") {
    return (
      <span className={classes.failed} role="alert">
        {t.uploadFailed}: {upload.error?.detail}
      </span>
    );
  }
  if (upload.phase === "cancelled") {
    return (
      <>
        {t.uploadCancelled} <span className={classes.quiet}>{t.uploadCancelledText}</span>
      </>
    );
  }
  return (
    <span className={classes.done}>
      <Icon name="check" size={14} /> {t.uploadDone}
    </span>
  );
}

export function Counts({ report }: { report: UploadReport }) {
  const t = useMessages(messages);
  const counts: [number, string, Tone][] = [
    [report.taken, t.taken(report.taken), "ok"],
    [report.duplicate, t.duplicate(report.duplicate), "neutral"],
    [report.refused, t.refused(report.refused), "error"],
    [report.lines, t.linesCut(report.lines), "neutral"],
    [report.labels, t.labelled(report.labels), "neutral"],
    [report.votes, t.votesGiven(report.votes), "neutral"],
    [report.proposals, t.proposalsGiven(report.proposals), "neutral"],
  ];
  return (
    <span className={classes.counts}>
      {counts.map(([count, text, tone]) =>
        count > 0 ? (
          <Tag key={text} tone={tone}>
            {text}
          </Tag>
        ) : null,
      )}
    </span>
  );
}

const TONES: Record<FileNote["status"], Tone> = {
  taken: "ok",
  duplicate: "neutral",
  refused: "error",
  ignored: "neutral",
};

function Notes({ report }: { report: UploadReport }) {
  const t = useMessages(messages);
  const notes = worthReading(report);
  const more = Math.max(0, notes.length - SHOWN);
  return (
    <div className={classes.notes}>
      <ul className={classes.list}>
        {notes.slice(0, SHOWN).map((note) => (
          <li key={`${note.status} ${note.name}`} className={classes.note}>
            <Tag tone={TONES[note.status]}>{t[`status_${note.status}`]}</Tag>
            <span className={classes.file}>{note.name}</span>
            <span className={classes.quiet}>
              {note.detail ?? (note.warnings ?? []).map((code) => warning(code, t)).join(" ")}
            </span>
          </li>
        ))}
        {report.rows.slice(0, SHOWN).map((row) => (
          <li key={`${placeOf(row)} ${row.name} ${row.detail}`} className={classes.note}>
            <Tag tone="error">{t.rowRefused}</Tag>
            <span className={classes.file}>
              {placeOf(row)} {row.name}
            </span>
            <span className={classes.quiet}>{row.detail}</span>
          </li>
        ))}
      </ul>
      <div className={classes.foot}>
        {more > 0 && <span className={classes.quiet}>{t.andMore(more)}</span>}
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<Icon name="export" size={14} />}
          onClick={() => saveText("upload-report.csv", "text/csv", reportAsCsv(report))}
        >
          {t.downloadReport}
        </Button>
      </div>
    </div>
  );
}

function warning(code: string, t: typeof messages.english): string {
  return code === "extension_mismatch" ? t.warning_extension_mismatch : code;
}
