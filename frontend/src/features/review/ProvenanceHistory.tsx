// What happened to a label, from the first vote on.
import { formatDate, formatPercent, useMessages } from "@/i18n/messages";
import { LabelName } from "@/ui/LabelName";
import { nameOf, names } from "@/ui/names";
import type { Asked } from "./AnswerView";
import { messages } from "./messages";
import classes from "./Provenance.module.css";
import type { OriginEvent } from "./useProvenance";

interface HistoryProps {
  events: readonly OriginEvent[];
  asked: Asked;
}

export function ProvenanceHistory({ events, asked }: HistoryProps) {
  const t = useMessages(messages);
  if (events.length === 0) return null;
  return (
    <>
      <h3 className={classes.heading}>{t.history}</h3>
      <ol className={classes.history}>
        {events.map((event) => (
          <li key={`${event.at} ${event.cause} ${event.who}`} data-cause={event.cause}>
            <Event event={event} asked={asked} />
          </li>
        ))}
      </ol>
    </>
  );
}

function Event({ event, asked }: { event: OriginEvent; asked: Asked }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const { cause, who, given, note, confidence, method } = event;
  const voted = cause === "vote" || cause === "revision";
  const known = cause === "adjudication" || cause === "gold"; // certain, whatever the figure
  const details = [
    confidence === null || known ? null : t.sure(formatPercent(confidence, 0)),
    method === "" || known ? null : nameOf(called, "method", method),
  ].filter(Boolean);
  return (
    <>
      <div className={classes.event}>
        <span>
          {t[`cause_${cause}`]}
          {who && <strong> {who}</strong>}
        </span>
        {voted && given !== "" && <LabelName document={asked.document} name={given} />}
        {(!voted || event.before !== "") && <Change event={event} asked={asked} />}
      </div>
      {note && <q className={classes.note}>{note}</q>}
      <span className={classes.quiet}>{[formatDate(event.at), ...details].join(" · ")}</span>
    </>
  );
}

/** From which label to which, and from which status, where either is another one now. */
function Change({ event, asked }: { event: OriginEvent; asked: Asked }) {
  const t = useMessages(messages);
  const { document } = asked;
  const { before, after, status_before: was, status_after: is } = event;
  const moved = after !== "" && before !== after;
  return (
    <>
      {moved && (
        <span className={classes.change}>
          {before !== "" && (
            <>
              <LabelName document={document} name={before} />
              <span aria-hidden="true">→</span>
              <span className="lh-hidden">{t.becomes}</span>
            </>
          )}
          <LabelName document={document} name={after} />
        </span>
      )}
      {is !== "" && is !== was && (
        <span className={classes.quiet}>{t[`status_${is as "open"}`]}</span>
      )}
    </>
  );
}
