// What the browser must know of a kind of question; the twin of the server's task type.
import type { ComponentType } from "react";
import type { JsonObject } from "@/api/types";

export interface AnswerProps {
  /** The document of the project's label schema. */
  schema: JsonObject;
  /** A draft, or the earlier answer of an item that was opened again. */
  answer: JsonObject | null;
  /** What a model suggests, where it may be shown. */
  suggestion: { answer: JsonObject; confidence: number | null } | null;
  /** An answer that needs no second key is submitted by its first. */
  submitAtOnce: boolean;
  onChange: (answer: JsonObject | null) => void;
  /** `at` is the moment of the key or click, in `performance.now()` time. */
  onSubmit: (answer: JsonObject, at: number) => void;
}

export interface AnswerText {
  /** For people: the label's title, the first words of a text. */
  text: string;
  /** The label's place in the schema, for its colour; -1 where there is none. */
  index: number;
}

export interface TaskType {
  /** The controls that take an answer; they register their own commands. */
  Answer: ComponentType<AnswerProps>;
  describe: (answer: JsonObject, schema: JsonObject) => AnswerText;
  /** Whether the answer needs a list at the side rather than a row under the image. */
  needsSide: (schema: JsonObject) => boolean;
}
