// How an item came to its label: what each vote did to the odds, by which method, and what changed
// it since. Folded away until somebody wants to know; then it stays open from item to item.
import { type ReactNode, useState } from "react";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import { LabelName, titleOf } from "@/ui/LabelName";
import { nameOf, names } from "@/ui/names";
import { Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { AnswerView, type Asked } from "./AnswerView";
import { messages } from "./messages";
import { factorOf, lengthOf, oddsOf } from "./odds";
import classes from "./Provenance.module.css";
import { ProvenanceHistory } from "./ProvenanceHistory";
import { type Origin, type OriginVote, useProvenance } from "./useProvenance";

const OPEN = "provenance-open";

export function Provenance({ task, asked }: { task: number; asked: Asked }) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(() => readSetting(OPEN, false));
  const origin = useProvenance(task, open);
  const toggle = (now: boolean) => {
    setOpen(now);
    writeSetting(OPEN, now);
  };
  return (
    <details
      className={classes.frame}
      open={open}
      onToggle={(event) => event.currentTarget.open !== open && toggle(event.currentTarget.open)}
    >
      <summary className={classes.summary}>{t.provenance}</summary>
      {open && (
        <div className={classes.body}>
          <Loaded query={origin}>{(data) => <Known origin={data} asked={asked} />}</Loaded>
        </div>
      )}
    </details>
  );
}

function Known({ origin, asked }: { origin: Origin; asked: Asked }) {
  const t = useMessages(messages);
  return (
    <>
      <p className={classes.lead}>{t[`decided_${deciding(origin)}`]}</p>
      <Decision origin={origin} asked={asked} />
      <Parts origin={origin} asked={asked} />
      <Method origin={origin} />
      <ProvenanceHistory events={origin.history} asked={asked} />
    </>
  );
}

/** What is not settled was decided by nothing yet, whatever the votes say so far. */
function deciding({ decided_by, status }: Origin) {
  if (status === "settled" || decided_by === "nothing") return decided_by;
  return status === "disputed" ? "disputed" : "open";
}

function Decision({ origin, asked }: { origin: Origin; asked: Asked }) {
  const { decision } = origin;
  if (!decision) return null;
  return (
    <div className={classes.decision}>
      <AnswerView {...asked} answer={decision.answer as never} whole />
      {decision.note && <q className={classes.note}>{decision.note}</q>}
      <span className={classes.quiet}>
        {decision.reviewer}, {formatDate(decision.created_at)}
      </span>
    </div>
  );
}

/** Each vote with what it counted; for classes also what it did to the odds. */
function Parts({ origin, asked }: { origin: Origin; asked: Asked }) {
  const t = useMessages(messages);
  const { odds, votes, model_vote: model } = origin;
  if (votes.length === 0 && !model) return <p className={classes.quiet}>{t.noVotesCast}</p>;
  const parts = [odds?.prior ?? 0, ...votes.map(({ log_odds }) => log_odds ?? 0)];
  const { document } = asked;
  return (
    <>
      {odds && (
        <p className={classes.odds}>
          {t.odds} <LabelName document={document} name={odds.label} /> {t.against}{" "}
          <LabelName document={document} name={odds.against} />
          <strong>{oddsOf(odds.total)}</strong>
        </p>
      )}
      <ul className={classes.parts} aria-label={t.votesCast}>
        {votes.map((vote) => (
          <Part key={vote.annotation} part={vote.log_odds} parts={parts} out={!vote.counted}>
            <AnswerView {...asked} answer={vote.answer as never} />
            <Who vote={vote} />
          </Part>
        ))}
        {model ? (
          <Part part={model.log_odds} parts={parts}>
            <LabelName document={document} name={model.label} />
            <span className={classes.who}>
              {t.version(model.version)}
              <span className={classes.quiet}>
                {t.modelPart(formatPercent(model.share, 0), two(model.weight))}
              </span>
            </span>
          </Part>
        ) : (
          odds && (
            <Part part={odds.prior} parts={parts}>
              <span />
              <span className={classes.who}>
                {t.prior}
                <span className={classes.quiet}>
                  {t.priorHint(titleOf(document, odds.label), titleOf(document, odds.against))}
                </span>
              </span>
            </Part>
          )
        )}
      </ul>
    </>
  );
}

const two = (value: number) => formatNumber(value, { maximumFractionDigits: 2 });

interface PartProps {
  part: number | null;
  parts: readonly number[];
  /** A vote that does not count. */
  out?: boolean;
  children: ReactNode;
}

function Part({ part, parts, out, children }: PartProps) {
  return (
    <li className={classes.part} data-out={out || undefined}>
      {children}
      {part !== null && !out && (
        <span className={classes.effect} data-against={part < 0 || undefined}>
          <span className={classes.bar} aria-hidden="true">
            <span style={{ width: `${lengthOf(part, parts) * 50}%` }} />
          </span>
          {factorOf(part)}
        </span>
      )}
    </li>
  );
}

function Who({ vote }: { vote: OriginVote }) {
  const t = useMessages(messages);
  const notes = [
    vote.skill === null ? null : t.skill(formatPercent(vote.skill, 0)),
    vote.version > 1 ? t.changed(vote.version - 1) : null,
    vote.weight === 1 || !vote.counted ? null : t.weight(two(vote.weight)),
  ].filter(Boolean);
  return (
    <span className={classes.who}>
      {vote.labeler}
      {notes.length > 0 && <span className={classes.quiet}>{notes.join(" · ")}</span>}
      {!vote.counted && <Tag>{t.notCounted}</Tag>}
    </span>
  );
}

function Method({ origin }: { origin: Origin }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const { fit, method } = origin;
  const settings = Object.entries(fit?.params ?? {});
  const facts: [string, ReactNode][] = [
    [t.method, method && nameOf(called, "method", method)],
    [t.fittedTo, fit && t.fittedVotes(fit.votes, formatDate(fit.created_at))],
    [t.calibration, fit && <Calibration fit={fit} />],
    [
      t.settings,
      settings.length > 0 && (
        <code className={classes.settings}>
          {settings.map(([name, value]) => `${name} ${shown(value)}`).join(", ")}
        </code>
      ),
    ],
    [t.codeVersion, fit && <code>{fit.code_version}</code>],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

const shown = (value: unknown) =>
  typeof value === "number" ? String(Number(value.toPrecision(3))) : JSON.stringify(value);

function Calibration({ fit }: { fit: NonNullable<Origin["fit"]> }) {
  const t = useMessages(messages);
  if (fit.temperature === null) return <>{t.calibrationNone}</>;
  if (fit.temperature === 1 && !fit.calibrated_on) return <>{t.calibrationNotYet}</>;
  return <>{t.calibrated(two(fit.temperature), fit.calibrated_on ?? 0)}</>;
}
