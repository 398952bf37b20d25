// Ground truth to a file: choose, see the first rows and their number, then export.
import { Button, Checkbox, NativeSelect } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { choiceDocument, roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import type { ExportFormat, ExportFormatName, Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Chosen } from "./Chosen";
import { ExportList } from "./ExportList";
import classes from "./ExportScreen.module.css";
import { messages } from "./messages";
import { chosenBy, inFormat, mayRepeat, type Order, PLAIN_ORDER } from "./order";
import { PictureOptions } from "./PictureOptions";
import { Preview } from "./Preview";
import { useFinishedReleases, useFormats, usePreview, useStartExport } from "./requests";

export function ExportScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  return (
    <Page title={t.title}>
      <Loaded query={project}>
        {(data) =>
          roleIn(data, user) === "manager" ? (
            <Exports project={data} />
          ) : (
            <Empty icon="export" title={t.onlyManagers} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Exports({ project }: { project: Project }) {
  const t = useMessages(messages);
  const [search] = useSearchParams();
  const [order, setOrder] = useState<Order>(() =>
    search.size > 0 ? chosenBy(PLAIN_ORDER, Object.fromEntries(search)) : PLAIN_ORDER,
  );
  const formats = useFormats(project.id);
  const preview = usePreview(project.id, order);
  const start = useStartExport(project.id);
  const rows = preview.data?.rows ?? 0;
  return (
    <>
      <div className={classes.columns}>
        <Section title={t.what}>
          <Loaded query={formats}>
            {(data) => (
              <Choices project={project} formats={data} order={order} onChange={setOrder} />
            )}
          </Loaded>
          <Button
            mt="lg"
            fullWidth
            disabled={rows === 0 || preview.isPlaceholderData}
            loading={start.isPending}
            onClick={() => start.mutate(order, { onError: notifyProblem })}
          >
            {preview.data && rows > 0 ? t.start(rows) : t.startPlain}
          </Button>
        </Section>
        <Section title={t.preview}>
          <Loaded query={preview}>
            {(data) => <Preview preview={data} format={order.format} />}
          </Loaded>
        </Section>
      </div>
      <ExportList project={project.id} />
    </>
  );
}

const CONTENTS = ["consensus", "votes", "both"] as const;
const STATUSES = ["", "all", "settled", "disputed", "open"] as const;
const CONFIDENCES = [0.5, 0.8, 0.9, 0.95, 0.99];
const ARMS = ["", "active", "random"] as const;

interface ChoicesProps {
  project: Project;
  formats: readonly ExportFormat[];
  order: Order;
  onChange: (order: Order) => void;
}

function Choices({ project, formats, order, onChange }: ChoicesProps) {
  const t = useMessages(messages);
  const set = (part: Partial<Order>) => onChange({ ...order, ...part });
  return (
    <div className={classes.choices}>
      <Formats formats={formats} order={order} onChange={onChange} />
      <PictureOptions
        project={project}
        format={formats.find(({ name }) => name === order.format)}
        order={order}
        set={set}
      />
      <Contents
        value={order.content}
        possible={formats.find(({ name }) => name === order.format)?.contents ?? CONTENTS}
        onChange={(content) => set({ content })}
      />
      <Releases project={project.id} order={order} onChange={onChange} />
      {mayRepeat(order) && (
        <Checkbox
          label={t.repeats}
          description={t.repeatsText}
          checked={order.repeats}
          onChange={(event) => set({ repeats: event.currentTarget.checked })}
        />
      )}
      {order.release === "" && (
        <>
          <Chosen project={project.id} order={order} onChange={onChange} />
          <Filters project={project} order={order} set={set} />
        </>
      )}
    </div>
  );
}

interface ReleasesProps {
  project: number;
  order: Order;
  onChange: (order: Order) => void;
}

/** Where releases exist: the labels of now, or those that a release froze. */
function Releases({ project, order, onChange }: ReleasesProps) {
  const t = useMessages(messages);
  const releases = useFinishedReleases(project).data ?? [];
  if (releases.length === 0) return null;
  return (
    <NativeSelect
      label={t.release}
      value={order.release}
      onChange={(event) => onChange({ ...order, release: event.currentTarget.value })}
      data={[
        { value: "", label: t.releaseNone },
        ...releases.map(({ id, label }) => ({ value: String(id), label })),
      ]}
    />
  );
}

interface FiltersProps {
  project: Project;
  order: Order;
  set: (part: Partial<Order>) => void;
}

function Filters({ project, order, set }: FiltersProps) {
  const t = useMessages(messages);
  const standard = order.content === "votes" ? t.status_default_votes : t.status_default;
  return (
    <>
      <NativeSelect
        label={t.status}
        value={order.status}
        onChange={(event) => set({ status: event.currentTarget.value as Order["status"] })}
        data={STATUSES.map((value) => ({
          value,
          label: value === "" ? standard : t[`status_${value}`],
        }))}
      />
      <NativeSelect
        label={t.label}
        value={order.label}
        onChange={(event) => set({ label: event.currentTarget.value })}
        data={[
          { value: "", label: t.anyLabel },
          ...choiceDocument(project).labels.map(({ name, title }) => ({
            value: name,
            label: title || name,
          })),
        ]}
      />
      <NativeSelect
        label={t.minConfidence}
        value={order.min_confidence}
        onChange={(event) => set({ min_confidence: event.currentTarget.value })}
        data={[
          { value: "", label: t.anyConfidence },
          ...confidences(order).map((share) => ({
            value: String(share),
            label: t.percent(share * 100),
          })),
        ]}
      />
      <NativeSelect
        label={t.arm}
        value={order.arm}
        onChange={(event) => set({ arm: event.currentTarget.value as Order["arm"] })}
        data={ARMS.map((value) => ({ value, label: value === "" ? t.arm_any : t[`arm_${value}`] }))}
      />
    </>
  );
}

/** Those that are offered, and the one that the items page asked for. */
function confidences({ min_confidence: asked }: Order): readonly number[] {
  const share = Number(asked);
  return share === 0 || CONFIDENCES.includes(share) ? CONFIDENCES : [share, ...CONFIDENCES];
}

interface FormatsProps {
  formats: readonly ExportFormat[];
  order: Order;
  onChange: (order: Order) => void;
}

function Formats({ formats, order, onChange }: FormatsProps) {
  const t = useMessages(messages);
  const options = (kind: (format: ExportFormat) => boolean) =>
    formats.filter(kind).map(({ name }) => ({
      value: name,
      label: t[`format_${name as ExportFormatName}`] ?? name,
    }));
  return (
    <NativeSelect
      label={t.format}
      value={order.format}
      onChange={(event) => {
        const format = formats.find(({ name }) => name === event.currentTarget.value);
        if (format) onChange(inFormat(order, format));
      }}
      data={[
        { group: t.formatsRows, items: options(({ pictures }) => pictures === "never") },
        { group: t.formatsPictures, items: options(({ pictures }) => pictures !== "never") },
      ].filter(({ items }) => items.length > 0)}
    />
  );
}

interface ContentsProps {
  value: Order["content"];
  possible: readonly string[];
  onChange: (content: Order["content"]) => void;
}

function Contents({ value, possible, onChange }: ContentsProps) {
  const t = useMessages(messages);
  return (
    <fieldset className={classes.contents}>
      <legend className="lh-hidden">{t.content}</legend>
      {CONTENTS.filter((content) => possible.includes(content)).map((content) => (
        <label key={content} className={classes.content}>
          <input
            type="radio"
            name="content"
            checked={content === value}
            onChange={() => onChange(content)}
          />
          <span>
            <strong>{t[`content_${content}`]}</strong>
            <span className={classes.text}>{t[`content_${content}_text`]}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
