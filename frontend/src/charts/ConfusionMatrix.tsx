// Truth against prediction, as a table whose cells are shaded by their share of the row.
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import classes from "./ConfusionMatrix.module.css";
import { messages } from "./messages";

interface ConfusionMatrixProps {
  label: string;
  classNames: readonly string[];
  /** Row is the truth, column the prediction. */
  counts: readonly (readonly number[])[];
  /** What the columns are, where they are no predictions. */
  across?: string;
}

const sum = (row: readonly number[]) => row.reduce((total, count) => total + count, 0);

export function ConfusionMatrix({ label, classNames, counts, across }: ConfusionMatrixProps) {
  const t = useMessages(messages);
  return (
    <div className={classes.frame}>
      <div className={classes.across} aria-hidden="true">
        {across ?? t.predicted}
      </div>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              {t.truth}
            </th>
            {classNames.map((name) => (
              <th key={name} scope="col" title={name}>
                {name}
              </th>
            ))}
            <th scope="col" className={classes.found}>
              {t.recall}
            </th>
          </tr>
        </thead>
        <tbody>
          {counts.map((row, truth) => (
            <Row key={classNames[truth]} row={row} truth={truth} classNames={classNames} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  row,
  truth,
  classNames,
}: {
  row: readonly number[];
  truth: number;
  classNames: readonly string[];
}) {
  const t = useMessages(messages);
  const name = classNames[truth] ?? String(truth);
  const total = sum(row);
  return (
    <tr>
      <th scope="row" title={name}>
        {name}
      </th>
      {row.map((count, predicted) => (
        <td
          key={classNames[predicted]}
          data-right={predicted === truth || undefined}
          data-none={count === 0 || undefined}
          style={{ "--share": total ? count / total : 0 } as React.CSSProperties}
          title={t.cell(name, classNames[predicted] ?? "", formatNumber(count))}
        >
          {count === 0 ? "·" : formatNumber(count)}
        </td>
      ))}
      <td className={classes.found}>{total ? formatPercent((row[truth] ?? 0) / total, 0) : "–"}</td>
    </tr>
  );
}
