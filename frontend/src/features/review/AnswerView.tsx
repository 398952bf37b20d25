// An answer of any kind in a few words: a label with its colour, several, a text, what was drawn.
import type { ChoiceDocument, JsonObject, Project } from "@/api/types";
import type { TaskType } from "@/task-types/base";
import { textAnswer } from "@/task-types/textSchema";
import { LabelName } from "@/ui/LabelName";
import { LabelTag } from "@/ui/Tag";
import classes from "./AnswerView.module.css";

/** What is asked, and how the browser shows answers to it; a kind without a twin is shown raw. */
export interface Asked {
  project: Project;
  type: TaskType | undefined;
  document: ChoiceDocument;
}

interface AnswerViewProps extends Asked {
  answer: JsonObject;
  /** A long text in full rather than its beginning. */
  whole?: boolean;
}

export function AnswerView({ project, type, document, answer, whole }: AnswerViewProps) {
  if (!type) return <code className={classes.code}>{JSON.stringify(answer)}</code>;
  const { text, index } = type.describe(answer, project.schema.document);
  if (Array.isArray(answer.choices) && answer.choices.length > 0) {
    return (
      <span className={classes.labels}>
        {answer.choices.map((name) => (
          <LabelName key={String(name)} document={document} name={String(name)} />
        ))}
      </span>
    );
  }
  if (typeof answer.text === "string") {
    const { illegible } = textAnswer(answer);
    return (
      <span className={illegible ? classes.quiet : classes.text} data-whole={whole || undefined}>
        {illegible || !whole ? text : answer.text}
      </span>
    );
  }
  if (index < 0) return <span>{text}</span>;
  return (
    <LabelTag index={index} color={document.labels[index]?.color}>
      {text}
    </LabelTag>
  );
}
