// What an import would do, before it does it: new images, refusals with reasons, labels by class.
import { Button, Group, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { asApiError } from "@/api/errors";
import { useMessages } from "@/i18n/messages";
import { notifyProblem } from "@/ui/notify";
import { Segmented } from "@/ui/Segmented";
import { Problem } from "@/ui/states";
import { Meter, Tag } from "@/ui/Tag";
import { ChooseButtons, DropTarget } from "./DropZone";
import classes from "./ImportDialog.module.css";
import { messages } from "./messages";
import { PlaceForm } from "./PlaceForm";
import {
  type Choices,
  FIRST,
  type ImportFormat,
  orderImport,
  ROLES,
  useImportFormats,
  usePreview,
} from "./preview";
import { type Counted, type Forecast, placeOf } from "./report";
import { followImport } from "./uploads";

/** Refusals and names on the page; the report of the import has all. */
const SHOWN = 50;
const NAMES = 12;

export function ImportDialog({ dataset, onClose }: { dataset: number; onClose: () => void }) {
  const t = useMessages(messages);
  const { checked, send, look, again, restart } = usePreview(dataset);
  const [choices, setChoices] = useState<Choices>(FIRST);
  const formats = useImportFormats().data ?? [];
  const choose = (part: Partial<Choices>) => {
    const next = { ...choices, ...part };
    setChoices(next);
    // Whose labels they are changes nothing of what would happen.
    if (checked.phase === "told" && part.source === undefined) {
      again(checked.job, checked.files, next);
    }
  };
  const take = async () => {
    if (checked.phase !== "told") return;
    try {
      const job = await orderImport(dataset, checked.job, choices, false);
      followImport(dataset, checked.files, job);
      onClose();
    } catch (error) {
      notifyProblem(asApiError(error));
    }
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.checkTitle}
      size={720}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {checked.phase === "choose" && (
        <>
          <DropTarget enabled onFiles={send}>
            <div className={classes.choose}>
              <p className={classes.quiet}>{t.checkText}</p>
              {checked.tooMany && (
                <p className={classes.warning} role="alert">
                  {t.checkTooMany}
                </p>
              )}
              <div className={classes.buttons}>
                <ChooseButtons onFiles={send} primary />
              </div>
            </div>
          </DropTarget>
          <PlaceForm onPlace={look} />
        </>
      )}
      {(checked.phase === "sending" || checked.phase === "checking") && (
        <div className={classes.choose} role="status">
          <p className={classes.quiet}>{checked.phase === "sending" ? t.sendingAll : t.checking}</p>
          <div className={classes.meter}>
            <Meter label={t.uploadProgress} value={checked.share} of={1} />
          </div>
        </div>
      )}
      {checked.phase === "failed" && <Problem error={checked.error} onRetry={restart} />}
      {checked.phase === "told" && (
        <>
          <Told forecast={checked.forecast} formats={formats} choices={choices} onChoose={choose} />
          <Group justify="flex-end" mt="lg" gap="sm">
            <Button variant="subtle" onClick={restart}>
              {t.checkAgain}
            </Button>
            <Button variant="default" onClick={onClose}>
              {t.cancel}
            </Button>
            <Button
              disabled={nothing(checked.forecast) || lacksSource(choices, checked.forecast)}
              onClick={() => void take()}
            >
              {checked.forecast.taken > 0 || !hasLabels(checked.forecast)
                ? t.addCount(checked.forecast.taken)
                : t.addLabels}
            </Button>
          </Group>
        </>
      )}
    </Modal>
  );
}

const hasLabels = ({ labels, votes, proposals }: Forecast) => labels + votes + proposals > 0;
const nothing = (told: Forecast) => told.taken === 0 && !hasLabels(told);
const lacksSource = ({ role, source }: Choices, told: Forecast) =>
  role === "vote" && hasLabels(told) && source.trim() === "";

interface ToldProps {
  forecast: Forecast;
  formats: readonly ImportFormat[];
  choices: Choices;
  onChoose: (part: Partial<Choices>) => void;
}

function Told({ forecast, formats, choices, onChoose }: ToldProps) {
  const t = useMessages(messages);
  const refusals = forecast.files.filter(({ status }) => status === "refused");
  return (
    <div className={classes.told}>
      <p className={classes.counts} role="status">
        <Tag tone={forecast.taken > 0 ? "ok" : "neutral"}>{t.wouldTake(forecast.taken)}</Tag>
        {forecast.lines > 0 && <Tag tone="ok">{t.wouldCut(forecast.lines)}</Tag>}
        {forecast.duplicate > 0 && <Tag>{t.duplicate(forecast.duplicate)}</Tag>}
        {forecast.refused > 0 && <Tag tone="error">{t.refused(forecast.refused)}</Tag>}
        {forecast.labels > 0 && <Tag>{t.labelled(forecast.labels)}</Tag>}
        {forecast.votes > 0 && <Tag>{t.votesGiven(forecast.votes)}</Tag>}
        {forecast.proposals > 0 && <Tag>{t.proposalsGiven(forecast.proposals)}</Tag>}
        {forecast.rows_refused > 0 && (
          <Tag tone="error">{t.rowsRefused(forecast.rows_refused)}</Tag>
        )}
      </p>
      {nothing(forecast) && <p className={classes.warning}>{t.checkNothing}</p>}
      <Reading forecast={forecast} formats={formats} choices={choices} onChoose={onChoose} />
      {hasLabels(forecast) && <Becoming choices={choices} onChoose={onChoose} />}
      {forecast.classes.length > 0 && (
        <Names title={t.classes(forecast.class_count)} of={forecast.classes} bars />
      )}
      {forecast.groups.length > 0 && (
        <Names title={t.groups(forecast.group_count)} of={forecast.groups} />
      )}
      {refusals.length + forecast.rows.length > 0 && (
        <section>
          <h3 className={classes.heading}>{t.refusedFiles}</h3>
          <ul className={classes.list}>
            {refusals.slice(0, SHOWN).map((note) => (
              <li key={`${note.name} ${note.detail}`}>
                <span className={classes.file}>{note.name}</span>{" "}
                <span className={classes.quiet}>{note.detail}</span>
              </li>
            ))}
            {forecast.rows.slice(0, SHOWN).map((row) => (
              <li key={`${placeOf(row)} ${row.name} ${row.detail}`}>
                <span className={classes.file}>
                  {placeOf(row)} {row.name}
                </span>{" "}
                <span className={classes.quiet}>{row.detail}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function Reading({ forecast, formats, choices, onChoose }: ToldProps) {
  const t = useMessages(messages);
  const titles = new Map(formats.map(({ name, title }) => [name, title]));
  const found = forecast.formats.map(({ name }) => titles.get(name) ?? name);
  return (
    <NativeSelect
      label={t.formatLabel}
      description={found.length > 0 ? t.recognised(found.join(", ")) : t.noLabels}
      value={choices.format}
      onChange={(event) => onChoose({ format: event.currentTarget.value })}
      data={[
        { value: "", label: t.formatAny },
        ...formats.map(({ name, title }) => ({ value: name, label: t.formatOnly(title) })),
      ]}
    />
  );
}

function Becoming({ choices, onChoose }: Pick<ToldProps, "choices" | "onChoose">) {
  const t = useMessages(messages);
  return (
    <div>
      <Segmented
        label={t.roleLabel}
        labelShown
        value={choices.role}
        onChange={(role) => onChoose({ role })}
        options={ROLES.map((role) => ({ value: role, label: t[`role_${role}`] }))}
      />
      <p className={classes.hint}>{t[`roleText_${choices.role}`]}</p>
      {choices.role !== "known" && (
        <TextInput
          mt="xs"
          label={t.sourceLabel}
          placeholder={t.sourceHint}
          maxLength={100}
          value={choices.source}
          onChange={(event) => onChoose({ source: event.currentTarget.value })}
        />
      )}
    </div>
  );
}

function Names({ title, of, bars }: { title: string; of: readonly Counted[]; bars?: boolean }) {
  const t = useMessages(messages);
  const most = Math.max(1, ...of.map(({ count }) => count));
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      <ul className={bars ? classes.bars : classes.names}>
        {of.slice(0, NAMES).map(({ name, count }) => (
          <li key={name} className={bars ? classes.bar : undefined}>
            <span className={classes.name}>{name}</span>
            <span className={classes.count}>{count}</span>
            {bars && <Meter label={name} value={count} of={most} />}
          </li>
        ))}
        {of.length > NAMES && <li className={classes.quiet}>{t.moreNames(of.length - NAMES)}</li>}
      </ul>
    </section>
  );
}
