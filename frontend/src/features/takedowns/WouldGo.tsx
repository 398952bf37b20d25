// What a takedown would remove, before anybody is sure.
import { Link } from "react-router";
import { formatNumber, useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import type { Preview } from "./requests";
import classes from "./Takedowns.module.css";

export function WouldGo({ preview }: { preview: Preview }) {
  const t = useMessages(messages);
  if (preview.items === 0) return <p role="status">{t.nothing}</p>;
  const notes = [
    preview.lines > 0 && t.lines(preview.lines),
    preview.shown_on_pages > 0 && t.shownOnPages(preview.shown_on_pages),
    preview.elsewhere > 0 && t.elsewhere(preview.elsewhere),
    t.modelsBefore,
  ];
  return (
    <div className={classes.form} role="status">
      <strong>
        {t.items(preview.items)} {t.withVotes(preview.votes)}
      </strong>
      <dl className={classes.facts}>
        <dt>{t.projects}</dt>
        <dd>
          {preview.projects.length === 0 && t.none}
          <ul className={classes.list}>
            {preview.projects.map(({ id, name, tasks, votes }) => (
              <li key={id}>
                <Link to={`/projects/${id}`}>{name}</Link>{" "}
                <span className={classes.quiet}>{t.inProject(tasks, votes)}</span>
              </li>
            ))}
          </ul>
        </dd>
        <dt>{t.releases}</dt>
        <dd>
          {preview.releases.join(", ") || t.none}
          {preview.releases.length > 0 && <p className={classes.quiet}>{t.releasesText}</p>}
        </dd>
        <dt>{t.exports}</dt>
        <dd>
          {preview.exports === 0 ? t.none : formatNumber(preview.exports)}
          {preview.exports > 0 && <p className={classes.quiet}>{t.exportsText}</p>}
        </dd>
      </dl>
      {notes.map(
        (note) =>
          note && (
            <p key={note} className={classes.quiet}>
              {note}
            </p>
          ),
      )}
    </div>
  );
}
