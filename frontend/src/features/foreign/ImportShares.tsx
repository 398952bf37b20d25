// Of each import the share that is flagged: where another kind of picture came in.
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Tag } from "@/ui/Tag";
import classes from "./ForeignScreen.module.css";
import { messages } from "./messages";
import type { ForeignReport } from "./requests";

const FEW = 30;

export function ImportShares({ report }: { report: ForeignReport }) {
  const t = useMessages(messages);
  if (report.imports.length === 0) return null;
  return (
    <section className={classes.imports}>
      <h2>{t.imports}</h2>
      <table className={classes.table} aria-label={t.imports}>
        <thead>
          <tr>
            <th>{t.import}</th>
            <th data-figure>{t.items}</th>
            <th data-figure>{t.flagged}</th>
            <th>{t.verdict}</th>
          </tr>
        </thead>
        <tbody>
          {report.imports.map((one) => (
            <tr key={one.job ?? 0}>
              <td>{one.at ? formatDate(one.at) : t.before}</td>
              <td data-figure>{formatNumber(one.items)}</td>
              <td data-figure>
                {formatNumber(one.flagged)} · {formatPercent(one.share, 0)}
              </td>
              <td>
                {one.drifts && <Tag tone="warn">{t.drifts}</Tag>}
                {!one.drifts && (one.items < FEW ? t.few : t.usual)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.skipped > 0 && <p className={classes.hint}>{t.skipped(report.skipped)}</p>}
    </section>
  );
}
