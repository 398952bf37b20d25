// What a decision is about, as its kind of question shows it: a picture, a line with its readings,
// or everybody's shapes over the picture.
import { lazy, Suspense, useCallback } from "react";
import type { Project, TaskWithVotes } from "@/api/types";
import { formatNumber } from "@/i18n/messages";
import { LineStrip } from "@/task-types/LineStrip";
import { loadPicture } from "@/task-types/loadPicture";
import { textSchema } from "@/task-types/textSchema";
import { ItemStage } from "@/ui/ItemStage";
import { Loading } from "@/ui/states";
import type { Proposal } from "./proposals";
import { Readings } from "./Readings";
import classes from "./Stage.module.css";

const Overlays = lazy(() => import("./Overlays"));
export const DRAWN: readonly string[] = ["boxes", "polygons", "keypoints"];

interface StageProps {
  project: Project;
  task: TaskWithVotes;
  proposals: readonly Proposal[];
  /** Keys of the proposals that are not drawn. */
  hidden: ReadonlySet<string>;
}

export function Stage(props: StageProps) {
  const { project, task } = props;
  const { item, other_item: other } = task;
  return (
    <div className={classes.stage}>
      {project.task_type === "transcription" ? (
        <Line {...props} />
      ) : DRAWN.includes(project.task_type) ? (
        <Suspense fallback={<Loading />}>
          <Overlays
            {...props}
            taskType={project.task_type}
            schema={project.schema.document}
            project={project.id}
          />
        </Suspense>
      ) : (
        <div className={classes.pictures}>
          <div className={classes.picture}>
            <ItemStage item={item} other={other} withSmall />
          </div>
        </div>
      )}
      <p className={classes.caption}>
        {captionOf(item)}
        {other && ` – ${captionOf(other)}`}
      </p>
    </div>
  );
}

function captionOf(item: TaskWithVotes["item"]): string {
  const size = `${formatNumber(item.width)} × ${formatNumber(item.height)} px`;
  return [item.filename, size, item.group].filter(Boolean).join(" · ");
}

function Line({ project, task }: StageProps) {
  const { direction } = textSchema(project.schema.document);
  const { item } = task;
  const load = useCallback(() => loadPicture(item), [item]);
  return (
    <div className={classes.line}>
      <LineStrip
        task={task.id}
        picture={item}
        load={load}
        onShown={() => {}}
        vertical={direction === "vertical"}
        rightToLeft={direction === "rtl"}
        place={0}
      />
      <Readings task={task} direction={direction} />
    </div>
  );
}
