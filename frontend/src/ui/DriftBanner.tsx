// An alarm: an import holds far more images than usual that look like nothing labeled.
import { Link } from "react-router";
import type { Drift } from "@/api/drifts";
import { formatPercent, useMessages } from "@/i18n/messages";
import classes from "./DriftBanner.module.css";
import { messages } from "./driftMessages";
import { Banner } from "./states";

/** The alarm of the latest import; the page that it leads to has them all. */
export function DriftBanner({ drifts }: { drifts: readonly Drift[] | undefined }) {
  const t = useMessages(messages);
  const [latest] = drifts ?? [];
  if (latest === undefined) return null;
  const { flagged, items, usual, name, project } = latest;
  return (
    <div className={classes.frame}>
      <Banner tone="warn" action={<Link to={`/projects/${project}/foreign`}>{t.look}</Link>}>
        <strong>{t.title}.</strong> {t.text(flagged, items, formatPercent(usual, 0), name)}
      </Banner>
    </div>
  );
}
