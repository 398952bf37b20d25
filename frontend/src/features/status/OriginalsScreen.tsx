// Who was sent which original, for administrators; what is looked for lies in the address.
import { Button, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useUser } from "@/api/session";
import { formatDate, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page } from "@/ui/Page";
import { Empty } from "@/ui/states";
import classes from "./OriginalsScreen.module.css";
import { type Access, type AccessFilters, useAccesses } from "./originals";
import { messages } from "./originalsMessages";

export function OriginalsScreen() {
  const t = useMessages(messages);
  return (
    <Page title={t.title} description={t.about}>
      {useUser().is_admin ? <Originals /> : <Empty icon="eye" title={t.onlyAdmins} />}
    </Page>
  );
}

function Originals() {
  const t = useMessages(messages);
  const [search, setSearch] = useSearchParams();
  const filters: AccessFilters = {
    username: search.get("username") ?? "",
    item: digitsOf(search.get("item")),
    since: search.get("since") ?? "",
    until: search.get("until") ?? "",
  };
  const set = (name: keyof AccessFilters, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const pages = useAccesses(filters);
  const filtered = search.size > 0;
  return (
    <>
      <div className={classes.filters}>
        <Field label={t.user} value={filters.username} onChange={(name) => set("username", name)} />
        <Field
          label={t.picture}
          value={filters.item}
          onChange={(number) => set("item", digitsOf(number))}
        />
        <TextInput
          type="date"
          label={t.since}
          value={filters.since}
          onChange={(event) => set("since", event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t.until}
          value={filters.until}
          onChange={(event) => set("until", event.currentTarget.value)}
        />
        {filtered && (
          <Button variant="subtle" onClick={() => setSearch({}, { replace: true })}>
            {t.clear}
          </Button>
        )}
      </div>
      <DataTable
        label={t.title}
        columns={columnsIn(t)}
        rowKey={({ id }) => id}
        pages={pages}
        empty={
          <Empty icon="eye" title={filtered ? t.noMatch : t.none}>
            {filtered ? undefined : t.noneText}
          </Empty>
        }
      />
    </>
  );
}

const digitsOf = (text: string | null) => (text ?? "").replace(/[^0-9]/g, "").slice(0, 15);

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
}

/** A text that is looked for once the typing rests. */
function Field({ label, value, onChange }: FieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text.trim()), 300);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      label={label}
      value={text}
      autoComplete="off"
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}

function columnsIn(t: typeof messages.english): Column<Access>[] {
  return [
    { key: "when", title: t.when, width: 180, render: ({ at }) => formatDate(at) },
    { key: "user", title: t.user, render: ({ user }) => user ?? t.accountGone },
    { key: "what", title: t.what, render: (row) => <What row={row} /> },
    {
      key: "dataset",
      title: t.dataset,
      wideOnly: true,
      render: ({ dataset, dataset_name }) =>
        dataset_name === null ? (
          <span className={classes.quiet}>{t.gone}</span>
        ) : (
          <Link to={`/datasets/${dataset}`}>{dataset_name}</Link>
        ),
    },
  ];
}

function What({ row }: { row: Access }) {
  const t = useMessages(messages);
  if (row.export !== null) return <span>{t.inExport(row.pictures, row.export)}</span>;
  return (
    <span className={classes.file}>
      {row.filename ?? <span className={classes.quiet}>{t.gone}</span>}{" "}
      <span className={classes.quiet}>{row.item}</span>
    </span>
  );
}
