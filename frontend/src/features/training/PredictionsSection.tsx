// Tables of predictions from elsewhere, and what became of their rows.
import { Modal } from "@mantine/core";
import { useState } from "react";
import { formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Empty, Loaded } from "@/ui/states";
import { messages } from "./messages";
import { type Predictions, usePredictions, usePredictionTable } from "./predictions";
import classes from "./RunsScreen.module.css";
import { StateTag } from "./StateTag";

export function PredictionsSection({ project }: { project: number }) {
  const t = useMessages(messages);
  const tables = usePredictions(project);
  const [open, setOpen] = useState<Predictions | null>(null);
  if (tables.rows.length === 0) return null;
  const columns: Column<Predictions>[] = [
    { key: "name", title: t.predictionsName, render: ({ name }) => name },
    { key: "state", title: t.state, width: 96, render: (table) => <StateTag run={table} /> },
    {
      key: "rows",
      title: t.predictionsRows,
      render: ({ report, error }) =>
        error || t.predictionsTaken(report.taken ?? 0, report.refused ?? 0, report.without ?? 0),
    },
    {
      key: "trained",
      title: t.predictionsTrained,
      wideOnly: true,
      render: ({ trained_on }) => t[`predictionsTrained_${trained_on}`],
    },
    {
      key: "version",
      title: t.version,
      width: 72,
      render: ({ version }) => version?.number ?? "–",
    },
    {
      key: "when",
      title: t.when,
      align: "end",
      wideOnly: true,
      render: ({ created_at }) => (
        <span className={classes.when}>{formatRelative(created_at)}</span>
      ),
    },
  ];
  return (
    <>
      <h2 className={classes.heading}>{t.predictions}</h2>
      <DataTable
        label={t.predictions}
        columns={columns}
        rowKey={({ id }) => id}
        pages={tables}
        onRowClick={setOpen}
        empty={<Empty title={t.predictions} />}
      />
      {open && <Report table={open} onClose={() => setOpen(null)} />}
    </>
  );
}

function Report({ table, onClose }: { table: Predictions; onClose: () => void }) {
  const t = useMessages(messages);
  const query = usePredictionTable(table.id);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.predictionsReport(table.name)}
      size={640}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Loaded query={query}>{(known) => <Rows table={known} />}</Loaded>
    </Modal>
  );
}

function Rows({ table }: { table: Predictions }) {
  const t = useMessages(messages);
  const { report, version, error } = table;
  const { errors = [], labels_without = [], columns_ignored = [] } = report;
  return (
    <>
      {error && <p role="alert">{error}</p>}
      {version && <p>{version.promotion}</p>}
      <p>{t.predictionsTaken(report.taken ?? 0, report.refused ?? 0, report.without ?? 0)}</p>
      {report.assumed_confidence !== null && (
        <p>{t.predictionsAssumed(formatNumber(Math.round(100 * report.assumed_confidence)))}</p>
      )}
      {labels_without.length > 0 && <p>{t.predictionsLacking(labels_without.join(", "))}</p>}
      {columns_ignored.length > 0 && <p>{t.predictionsIgnored(columns_ignored.join(", "))}</p>}
      <ul className={classes.errors}>
        {errors.map(({ line, detail }) => (
          <li key={`${line} ${detail}`}>{t.predictionsLine(line, detail)}</li>
        ))}
      </ul>
    </>
  );
}
