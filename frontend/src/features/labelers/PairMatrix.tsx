// How much each two labelers agree beyond chance, as a square of shaded cells.
import { Link } from "react-router";
import { formatNumber, useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import classes from "./PairMatrix.module.css";
import { type PairInput, pairGrid } from "./pairs";
import type { Together } from "./requests";

export const two = (value: number | null) =>
  value === null
    ? "–"
    : formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function PairMatrix({ project, together }: { project: number; together: Together }) {
  const t = useMessages(messages);
  const { matrix, pairs } = together;
  const grid = pairGrid(matrix, pairs);
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={t.pairs}>
        <thead>
          <tr>
            <td />
            {matrix.map(({ id, name }, at) => (
              <th key={id} scope="col" title={name} aria-label={name}>
                {at + 1}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.map(({ id, name }, row) => (
            <tr key={id}>
              <th scope="row">
                <span className={classes.number}>{row + 1}</span>
                <Link to={`/projects/${project}/labelers/${id}`}>{name}</Link>
              </th>
              {matrix.map((other, column) => (
                <Cell
                  key={other.id}
                  names={[name, other.name]}
                  pair={grid[row]?.[column] ?? null}
                  own={row === column}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell(props: { names: [string, string]; pair: PairInput | null; own: boolean }) {
  const t = useMessages(messages);
  const { names, pair, own } = props;
  if (own || !pair) return <td data-none>{own ? "" : "·"}</td>;
  const { estimate, low, high } = pair.kappa;
  if (estimate === null) {
    return (
      <td data-none title={t.pairFew(...names, pair.common)}>
        ·
      </td>
    );
  }
  return (
    <td
      style={{ "--share": Math.max(0, estimate) } as React.CSSProperties}
      data-low={estimate < 0.2 || undefined}
      title={t.pairCell(...names, two(estimate), two(low), two(high), pair.common)}
    >
      {two(estimate)}
    </td>
  );
}
