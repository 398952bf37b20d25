// The readings of a line under each other, character by character, with those marked that differ.
import type { TaskWithVotes } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import type { Direction } from "@/task-types/textSchema";
import { messages } from "./messages";
import classes from "./Readings.module.css";
import { type Cell, readingRows } from "./readingRows";

export function Readings({ task, direction }: { task: TaskWithVotes; direction: Direction }) {
  const t = useMessages(messages);
  const rows = readingRows(task);
  if (rows.length === 0) return null;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled by keys too
    <section className={classes.room} aria-label={t.readings} tabIndex={0}>
      <table className={classes.readings} dir={direction === "rtl" ? "rtl" : undefined}>
        <tbody>
          {rows.map(({ key, name, text, cells, merged }) => (
            <tr key={key} data-merged={merged || undefined}>
              <th scope="row">
                {name ?? t.mergedReading}
                <span className="lh-hidden">: {text}</span>
              </th>
              {cells.map((cell, at) => (
                <td
                  // biome-ignore lint/suspicious/noArrayIndexKey: cells have no other identity
                  key={at}
                  aria-hidden="true"
                  data-disputed={cell.disputed || undefined}
                  data-other={cell.other || undefined}
                  data-gap={cell.text === "" || undefined}
                >
                  {visible(cell)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Breaks of lines, and spaces on which readings differ, would not be seen as they are. */
function visible({ text, disputed }: Cell): string {
  return disputed && text === " " ? "␣" : text.replace(/\n+/g, "↵");
}
