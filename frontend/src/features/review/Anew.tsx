// A reviewer's own answer, given as labelers give theirs: by the twin of the kind of question.
import { useCallback, useState } from "react";
import type { JsonObject, Project, TaskWithVotes } from "@/api/types";
import { CommandKey } from "@/commands/CommandKey";
import { runCommand } from "@/commands/registry";
import { useCommands } from "@/commands/useCommands";
import { useMessages } from "@/i18n/messages";
import type { TaskType } from "@/task-types/base";
import { loadPicture } from "@/task-types/loadPicture";
import { textSchema } from "@/task-types/textSchema";
import { PictureStage } from "@/ui/PictureStage";
import classes from "./Anew.module.css";
import { messages } from "./messages";
import { Readings } from "./Readings";

interface AnewProps {
  project: Project;
  type: TaskType;
  task: TaskWithVotes;
  /** What the answer starts from. */
  start: JsonObject | null;
  onAnswer: (answer: JsonObject) => void;
  onCancel: () => void;
}

export function Anew({ project, type, task, start, onAnswer, onCancel }: AnewProps) {
  const t = useMessages(messages);
  const [answer, setAnswer] = useState(start);
  const { item, other_item: other } = task;
  const load = useCallback(() => loadPicture(item), [item]);
  useCommands([
    { id: "review.cancel", label: t.cancelAnew, keys: ["Escape"], scope: "screen", run: onCancel },
  ]);
  const answering = {
    schema: project.schema.document,
    answer,
    suggestion: null,
    submitAtOnce: false,
    onChange: setAnswer,
    onSubmit: onAnswer,
  };
  return (
    <section className={classes.anew} aria-label={t.anew}>
      <header className={classes.bar}>
        <strong className={classes.title}>{t.anewOn(item.filename)}</strong>
        <button
          type="button"
          className={classes.cancel}
          onClick={() => runCommand("review.cancel")}
        >
          {t.cancelAnew} <CommandKey id="review.cancel" keys={["Escape"]} />
        </button>
      </header>
      {type.Work ? (
        <type.Work
          {...answering}
          project={project.id}
          task={task.id}
          picture={{ ...item, other }}
          load={load}
          loadOther={() => (other ? loadPicture(other) : null)}
          onShown={() => {}}
          guide={<p className={classes.guide}>{project.guidelines || t.noGuidelines}</p>}
        >
          {project.task_type === "transcription" && (
            <Readings task={task} direction={textSchema(project.schema.document).direction} />
          )}
        </type.Work>
      ) : (
        <div className={classes.plain}>
          <div className={classes.picture}>
            <PictureStage
              src={item.image_url}
              alt={item.filename}
              width={item.width}
              height={item.height}
            />
          </div>
          <div className={classes.pad}>
            <type.Answer {...answering} />
          </div>
        </div>
      )}
    </section>
  );
}
