// One changed answer, readably: characters that differ marked, shapes laid over their picture.
import type { JsonObject, Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Picture } from "@/ui/Picture";
import classes from "./Difference.module.css";
import { differences, type Piece } from "./diff";
import { messages } from "./messages";
import type { RunChange } from "./requests";
import { drawnOf } from "./shapes";

const SHAPES = new Set(["boxes", "polygons", "keypoints"]);

export function isShapes(project: Pick<Project, "task_type">): boolean {
  return SHAPES.has(project.task_type);
}

/** The wording of one side of a change, with what the other side has not marked. */
export function Side({ change, side }: { change: RunChange; side: "before" | "after" }) {
  const t = useMessages(messages);
  const label = change[side] || t.unlabelled;
  const [before, after] = [textOf(change.answer_before), textOf(change.answer_after)];
  if (before === null || after === null) return <span>{label}</span>;
  const own = side === "before" ? before : after;
  if (own === "") return <span className={classes.none}>{change[side] || t.emptyText}</span>;
  const pieces = differences(before, after)[side === "before" ? 0 : 1];
  return (
    <span className={classes.text} dir="auto" data-side={side}>
      {marked(pieces)}
    </span>
  );
}

function textOf(answer: unknown): string | null {
  const text = (answer as JsonObject | null)?.text;
  return typeof text === "string" ? text : null;
}

function marked(pieces: readonly Piece[]) {
  return pieces.map(({ text, same }, at) =>
    same ? (
      text
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
      <mark key={at}>{text}</mark>
    ),
  );
}

/** The picture of a task; merged shapes are drawn on it, those in force dashed, the run's solid. */
export function ChangedPicture({ project, change }: { project: Project; change: RunChange }) {
  const t = useMessages(messages);
  const { item } = change;
  const shapes = isShapes(project);
  return (
    <span className={shapes ? classes.large : classes.thumb}>
      <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
      {shapes && (
        <svg
          className={classes.lines}
          viewBox={`0 0 ${item.width} ${item.height}`}
          role="img"
          aria-label={t.changedShapes(change.before || t.unlabelled, change.after || t.unlabelled)}
        >
          <Lines side="before" answer={change.answer_before} project={project} change={change} />
          <Lines side="after" answer={change.answer_after} project={project} change={change} />
        </svg>
      )}
    </span>
  );
}

interface LinesProps {
  side: "before" | "after";
  answer: unknown;
  project: Project;
  change: RunChange;
}

function Lines({ side, answer, project, change }: LinesProps) {
  const { path, dots } = drawnOf(answer as JsonObject | null, project.schema.document);
  const radius = Math.max(change.item.width, change.item.height) / 80;
  return (
    <g data-side={side}>
      <path className={classes.casing} d={path} />
      <path className={classes.line} d={path} />
      {dots.map(([x, y]) => (
        <circle key={`${x} ${y}`} className={classes.dot} cx={x} cy={y} r={radius} />
      ))}
    </g>
  );
}

/** Which line is which. */
export function LinesLegend() {
  const t = useMessages(messages);
  return (
    <p className={classes.legend}>
      <span data-side="before">{t.before}</span>
      <span data-side="after">{t.after}</span>
    </p>
  );
}
