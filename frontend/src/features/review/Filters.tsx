// The filters over the table: a few in sight, the others behind a button; all lie in the address.
import { Button, Checkbox, NativeSelect, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { useDataset } from "@/api/datasets";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import type { Asked } from "./AnswerView";
import { useAnswerers, useTags } from "./browse";
import { messages as browseMessages } from "./browseMessages";
import classes from "./Filters.module.css";
import { endsOf, filtersOf, type Query, RANGES, type RangeName, rangeOf } from "./filters";
import { messages } from "./messages";

/** Answers of these are labels, so that one can ask for a label. */
const BY_LABEL: readonly string[] = ["choice", "pair"];
const STATUSES = ["open", "settled", "disputed"] as const;
const ARMS = ["active", "random"] as const;
const ORDERS = [
  "id",
  "-uncertainty",
  "agreement",
  "confidence",
  "-confidence",
  "votes",
  "-settled",
  "-priority",
  "label",
  "file",
  "group",
] as const;
/** Those that show without asking for more. */
const IN_SIGHT: readonly string[] = ["status", "label", "min_confidence", "max_confidence", "text"];

export function useSearch() {
  const [search, setSearch] = useSearchParams();
  const change = (values: Query) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        for (const [name, value] of Object.entries(values)) {
          if (value === "") next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  /** An empty value is kept: it asks for items that have none. */
  const exactly = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return {
    search,
    change,
    exactly,
    set: (name: string, value: string) => change({ [name]: value }),
    show: (query: Query) => setSearch(query, { replace: true }),
    clear: () => setSearch({}, { replace: true }),
  };
}

export function Filters({ asked }: { asked: Asked }) {
  const t = useMessages(browseMessages);
  const { search, clear } = useSearch();
  const active = Object.keys(filtersOf(search));
  const hidden = active.filter((name) => !IN_SIGHT.includes(name)).length;
  const [open, setOpen] = useState(hidden > 0);
  return (
    <>
      <Search name={asked.project.task_type === "transcription" ? "text" : "file"} />
      {/* On a phone these too are behind the button. */}
      <div className={classes.plain} data-open={open || undefined}>
        <Plain asked={asked} />
        <OrderSelect asked={asked} />
      </div>
      <Button
        variant="default"
        aria-expanded={open}
        leftSection={<Icon name={open ? "up" : "down"} size={12} />}
        onClick={() => setOpen(!open)}
      >
        {open ? t.fewerFilters : t.moreFilters}
        {!open && hidden > 0 && ` (${hidden})`}
      </Button>
      {active.length > 0 && (
        <Button variant="subtle" onClick={clear}>
          {t.clear}
        </Button>
      )}
      {open && <More asked={asked} />}
    </>
  );
}

function Select(props: { name: string; label: string; options: Record<string, string> }) {
  const { search, set } = useSearch();
  return (
    <NativeSelect
      className={classes.select}
      aria-label={props.label}
      value={search.get(props.name) ?? ""}
      onChange={(event) => set(props.name, event.currentTarget.value)}
      data={Object.entries(props.options).map(([value, label]) => ({ value, label }))}
    />
  );
}

function Plain({ asked }: { asked: Asked }) {
  const t = useMessages(messages);
  const labels = asked.document.labels.map(({ name, title }) => [name, title || name]);
  return (
    <>
      <Select
        name="status"
        label={t.status}
        options={{
          "": t.status_any,
          ...Object.fromEntries(STATUSES.map((name) => [name, t[`status_${name}`]])),
        }}
      />
      {BY_LABEL.includes(asked.project.task_type) && (
        <LabelSelect labels={labels as [string, string][]} />
      )}
      <RangeSelect
        name="confidence"
        label={t.confidence}
        texts={{
          "": t.confidence_any,
          low: t.confidence_low,
          middle: t.confidence_middle,
          high: t.confidence_high,
        }}
      />
    </>
  );
}

/** Labels may be called anything, a number too, whose place in an object is not theirs. */
function LabelSelect({ labels }: { labels: [string, string][] }) {
  const t = useMessages(messages);
  const { search, set } = useSearch();
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t.label}
      value={search.get("label") ?? ""}
      onChange={(event) => set("label", event.currentTarget.value)}
      data={[
        { value: "", label: t.anyLabel },
        ...labels.map(([value, label]) => ({ value, label })),
      ]}
    />
  );
}

interface RangeSelectProps {
  name: RangeName;
  label: string;
  texts: Record<string, string>;
}

function RangeSelect({ name, label, texts }: RangeSelectProps) {
  const t = useMessages(browseMessages);
  const { search, change } = useSearch();
  const chosen = rangeOf(search, name);
  const keys = ["", ...Object.keys(RANGES[name]), ...(chosen === "other" ? ["other"] : [])];
  return (
    <NativeSelect
      className={classes.select}
      aria-label={label}
      value={chosen}
      onChange={(event) => change(endsOf(name, event.currentTarget.value))}
      data={keys.map((value) => ({ value, label: texts[value] ?? t.other }))}
    />
  );
}

function OrderSelect({ asked }: { asked: Asked }) {
  const t = useMessages(browseMessages);
  const { search, set } = useSearch();
  const now = search.get("ordering") ?? "id";
  const offered = ORDERS.filter(
    (name) => name !== "label" || BY_LABEL.includes(asked.project.task_type),
  );
  const known = offered.some((name) => name === now);
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t.order}
      value={now}
      onChange={(event) => {
        const { value } = event.currentTarget;
        set("ordering", value === "id" ? "" : value);
      }}
      data={[
        ...offered.map((value) => ({ value: value as string, label: t[`order_${value}`] })),
        ...(known ? [] : [{ value: now, label: t.order_other }]),
      ]}
    />
  );
}

/** A field that asks once the typing pauses, not with every letter. */
function Search({ name }: { name: "text" | "file" | "group" | "metadata" }) {
  const t = useMessages(browseMessages);
  const { search, set } = useSearch();
  const there = search.get(name) ?? "";
  const [text, setText] = useState(there);
  useEffect(() => setText(there), [there]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the text starts the clock.
  useEffect(() => {
    if (text === there) return;
    const timer = setTimeout(() => set(name, text), 400);
    return () => clearTimeout(timer);
  }, [text]);
  const labels = { text: t.anyText, file: t.anyFile, group: t.group, metadata: t.metadata };
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label={labels[name]}
      placeholder={name === "metadata" ? t.metadataHint : labels[name]}
      leftSection={name === "text" || name === "file" ? <Icon name="search" size={14} /> : null}
      value={text}
      maxLength={200}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") set(name, text);
      }}
    />
  );
}

function More({ asked }: { asked: Asked }) {
  const t = useMessages(messages);
  const b = useMessages(browseMessages);
  const { search, set } = useSearch();
  return (
    <div className={classes.more}>
      <RangeSelect
        name="agreement"
        label={b.agreement}
        texts={{
          "": b.agreement_any,
          split: b.agreement_split,
          most: b.agreement_most,
          all: b.agreement_all,
        }}
      />
      <RangeSelect
        name="uncertainty"
        label={b.uncertainty}
        texts={{
          "": b.uncertainty_any,
          high: b.uncertainty_high,
          middle: b.uncertainty_middle,
          low: b.uncertainty_low,
        }}
      />
      <LabelerSelect project={asked.project.id} />
      <Select
        name="arm"
        label={t.arm}
        options={{
          "": t.arm_any,
          ...Object.fromEntries(ARMS.map((name) => [name, t[`arm_${name}`]])),
        }}
      />
      <SplitSelect dataset={asked.project.dataset.id} />
      <TagSelect dataset={asked.project.dataset.id} />
      <Search name="group" />
      <Search name="metadata" />
      {asked.project.task_type === "transcription" && <Search name="file" />}
      <Checkbox
        label={t.flagged}
        checked={search.get("flagged") === "true"}
        onChange={(event) => set("flagged", event.currentTarget.checked ? "true" : "")}
      />
    </div>
  );
}

function LabelerSelect({ project }: { project: number }) {
  const t = useMessages(browseMessages);
  const { data = [] } = useAnswerers(project, true);
  const { search, set } = useSearch();
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t.labeler}
      value={search.get("labeler") ?? ""}
      onChange={(event) => set("labeler", event.currentTarget.value)}
      data={[
        { value: "", label: t.labeler_any },
        ...data.map(({ id, name }) => ({ value: String(id), label: name })),
      ]}
    />
  );
}

/** A part may have the empty name, which is another wish than none. */
const ANY = "\u0000";

function SplitSelect({ dataset }: { dataset: number }) {
  const t = useMessages(browseMessages);
  const splits = useDataset(dataset).data?.splits ?? [];
  const { search, set, exactly } = useSearch();
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t.split}
      value={search.get("split") ?? ANY}
      onChange={(event) => {
        const { value } = event.currentTarget;
        if (value === ANY) set("split", "");
        else exactly("split", value);
      }}
      data={[
        { value: ANY, label: t.split_any },
        ...splits.map((name) => ({ value: name, label: name || t.split_none })),
      ]}
    />
  );
}

function TagSelect({ dataset }: { dataset: number }) {
  const t = useMessages(browseMessages);
  const { data = [] } = useTags(dataset);
  const { search, set } = useSearch();
  const chosen = search.get("tag") ?? "";
  const gone = chosen !== "" && !data.some(({ name }) => name === chosen);
  return (
    <NativeSelect
      className={classes.select}
      aria-label={t.tag}
      value={chosen}
      onChange={(event) => set("tag", event.currentTarget.value)}
      data={[
        { value: "", label: t.tag_any },
        ...data.map(({ name, item_count }) => ({
          value: name,
          label: t.tagCount(name, formatNumber(item_count)),
        })),
        ...(gone ? [{ value: chosen, label: chosen }] : []),
      ]}
    />
  );
}
