// The first rows of an export, as the file will have them.
import type { ExportPreview } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Empty } from "@/ui/states";
import { messages } from "./messages";
import { cellOf, columnsOf, type Order } from "./order";
import classes from "./Preview.module.css";

interface PreviewProps {
  preview: ExportPreview;
  format: Order["format"];
}

export function Preview({ preview, format }: PreviewProps) {
  const t = useMessages(messages);
  const { rows, sample } = preview;
  if (rows === 0) {
    return (
      <Empty icon="export" title={t.nothing}>
        {t.nothingText}
      </Empty>
    );
  }
  return (
    <>
      <p className={classes.count} role="status">
        <strong>{t.rows(rows)}</strong> · {t.firstOf(sample.length)}
      </p>
      {format === "jsonl" ? <Lines sample={sample} /> : <Table sample={sample} />}
    </>
  );
}

function Lines({ sample }: { sample: ExportPreview["sample"] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key.
    <pre className={classes.lines} tabIndex={0}>
      {sample.map((row) => JSON.stringify(row)).join("\n")}
    </pre>
  );
}

function Table({ sample }: { sample: ExportPreview["sample"] }) {
  const t = useMessages(messages);
  const columns = columnsOf(sample);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by key.
    <div className={classes.scroll} tabIndex={0}>
      <table className={classes.table} aria-label={t.preview}>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sample.map((row, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a sample have no identity.
            <tr key={at}>
              {columns.map((name) => (
                <td key={name}>{cellOf(row[name])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
