// What changed from one release to the next.
import type { Release, ReleaseComparison } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Dialog } from "@/ui/Dialog";
import { Loaded } from "@/ui/states";
import { messages } from "./messages";
import classes from "./Releases.module.css";
import { useComparison } from "./requests";

interface CompareProps {
  before: Release;
  after: Release;
  onClose: () => void;
}

export function CompareDialog({ before, after, onClose }: CompareProps) {
  const t = useMessages(messages);
  const comparison = useComparison(before.id, after.id);
  return (
    <Dialog title={t.compareTitle(before.label, after.label)} onClose={onClose}>
      <Loaded query={comparison}>{(found) => <Found found={found} />}</Loaded>
    </Dialog>
  );
}

const KINDS = ["same", "added", "removed", "relabelled", "moved"] as const;

function Found({ found }: { found: ReleaseComparison }) {
  const t = useMessages(messages);
  const changed = KINDS.slice(1).some((kind) => found[kind] > 0);
  return (
    <>
      {!changed && <p>{t.nothingChanged}</p>}
      <dl className={classes.kinds}>
        {KINDS.filter((kind) => kind === "same" || found[kind] > 0).map((kind) => (
          <div key={kind}>
            <dd>{formatNumber(found[kind])}</dd>
            <dt>{t[kind]}</dt>
          </div>
        ))}
      </dl>
      {found.schema_changed && <p>{t.schemaChanged}</p>}
      {found.method_changed && <p>{t.methodChanged}</p>}
      {found.from_to.length > 0 && <Pairs pairs={found.from_to} />}
    </>
  );
}

function Pairs({ pairs }: { pairs: ReleaseComparison["from_to"] }) {
  const t = useMessages(messages);
  return (
    <table className={classes.pairs} aria-label={t.fromTo}>
      <thead>
        <tr>
          <th scope="col">{t.before}</th>
          <th scope="col">{t.after}</th>
          <th scope="col">{t.count}</th>
        </tr>
      </thead>
      <tbody>
        {pairs.slice(0, 12).map(({ before, after, count }) => (
          <tr key={JSON.stringify([before, after])}>
            <td>{before || t.noLabel}</td>
            <td>{after || t.noLabel}</td>
            <td>{formatNumber(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
