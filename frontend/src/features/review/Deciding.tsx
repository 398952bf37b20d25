// One task of the queue: what it is about on the left, the answers to choose between on the right;
// or, for an answer of one's own, the twin of the kind of question over all of it.
import { useMemo, useState } from "react";
import { choiceDocument } from "@/api/project";
import type { Project, TaskWithVotes } from "@/api/types";
import { toggled } from "@/canvas/editor";
import { useMessages } from "@/i18n/messages";
import { useTaskType } from "@/task-types";
import { Empty } from "@/ui/states";
import { Anew } from "./Anew";
import { Decide } from "./Decide";
import { DecideWhole } from "./DecideWhole";
import { messages } from "./messages";
import { Provenance } from "./Provenance";
import { type Decision, proposalsOn, startOf } from "./proposals";
import classes from "./ReviewScreen.module.css";
import { DRAWN, Stage } from "./Stage";
import { type Skills, wordsOf } from "./Votes";

/** Answers of these fall into classes: every label is an answer that can be chosen at once. */
const CLASSES: readonly string[] = ["choice", "pair"];
const NONE: ReadonlySet<string> = new Set();

interface DecidingProps {
  project: Project;
  task: TaskWithVotes;
  skills: Skills;
  decided: string | undefined;
  onDecide: (decision: Decision, words: string, note: string) => void;
  onSkip: () => void;
  onBack: (() => void) | null;
  onReopen: (() => void) | null;
}

export function Deciding(props: DecidingProps) {
  const { project, task, onDecide } = props;
  const t = useMessages(messages);
  const type = useTaskType(project.task_type);
  const document = useMemo(() => choiceDocument(project), [project]);
  const [anew, setAnew] = useState(false);
  const [note, setNote] = useState("");
  const [hidden, setHidden] = useState(NONE);
  const proposals = useMemo(
    () => (type ? proposalsOn(task, (one) => type.describe(one, project.schema.document)) : []),
    [task, type, project],
  );
  if (!type) return <Empty icon="warning" title={t.unknownType(project.task_type)} />;
  const decide = (decision: Decision, words: string) => onDecide(decision, words, note.trim());
  if (anew) {
    return (
      <Anew
        project={project}
        type={type}
        task={task}
        start={startOf(task, proposals)}
        onAnswer={(answer) =>
          decide({ answer }, type.describe(answer, project.schema.document).text)
        }
        onCancel={() => setAnew(false)}
      />
    );
  }
  const origin = <Provenance task={task.id} asked={{ project, type, document }} />;
  const drawn = DRAWN.includes(project.task_type);
  return (
    <div className={classes.columns}>
      <Stage project={project} task={task} proposals={proposals} hidden={hidden} />
      {CLASSES.includes(project.task_type) ? (
        <Decide
          {...props}
          words={(answer) => wordsOf({ type, project }, answer)}
          document={document}
          origin={origin}
          onAnew={null}
          onDecide={(choice, words) =>
            onDecide(
              { answer: { choice } },
              type.describe({ choice }, project.schema.document).text,
              words,
            )
          }
        />
      ) : (
        <DecideWhole
          {...props}
          origin={origin}
          type={type}
          document={document}
          proposals={proposals}
          note={note}
          onNote={setNote}
          onDecide={decide}
          onAnew={() => setAnew(true)}
          hidden={drawn ? hidden : null}
          onToggle={(key) => setHidden((old) => toggled(old, key))}
        />
      )}
    </div>
  );
}
