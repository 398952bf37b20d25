// The images that the model gets wrong though it is sure: wrong labels, or what it cannot see.
import { useState } from "react";
import { Link } from "react-router";
import type { RunDetail } from "@/api/types";
import { formatPercent, useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import classes from "./MistakesSection.module.css";
import { messages } from "./messages";
import { type Mistake, useMistakes } from "./requests";

const FIRST = 24;

export function MistakesSection({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  const mistakes = useMistakes(run.id, run.state);
  return (
    <Section title={t.mistakes}>
      <Loaded query={mistakes}>
        {({ checked, wrong, results }) =>
          results.length === 0 ? (
            <p className={classes.quiet}>{checked === 0 ? t.mistakesUnknown : t.mistakesNone}</p>
          ) : (
            <>
              <p className={classes.quiet}>{t.mistakesOf(wrong, checked)}</p>
              <Wall run={run} rows={results} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

function Wall({ run, rows }: { run: RunDetail; rows: readonly Mistake[] }) {
  const t = useMessages(messages);
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <>
      <ul className={classes.wall} aria-label={t.mistakes}>
        {shown.map((row) => (
          <li key={row.task}>
            <Link
              to={`/projects/${run.project}/review?task=${row.task}`}
              aria-label={t.mistake(row.item.filename, row.said, row.truth)}
            >
              <img src={row.item.thumb_url} alt="" loading="lazy" />
              <span className={classes.said}>
                <del>{row.said || t.nothing}</del> <ins>{row.truth || t.nothing}</ins>
              </span>
              <span className={classes.quiet}>
                {formatPercent(row.probability, 0)}
                {row.now !== row.truth && <Tag tone="ok">{t.mended(row.now || "–")}</Tag>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {rows.length > FIRST && !all && (
        <button type="button" className={classes.more} onClick={() => setAll(true)}>
          {t.mistakesAll(rows.length)}
        </button>
      )}
    </>
  );
}
