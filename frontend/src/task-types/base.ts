// What the browser must know of a kind of question; the twin of the server's task type.
import type { ComponentType, ReactNode } from "react";
import type { JsonObject } from "@/api/types";

/** What a model version says to an item. */
export interface Suggestion {
  answer: JsonObject;
  confidence: number | null;
  /** For a text: how sure the model is of each character. */
  characters: number[] | null;
}

export interface AnswerProps {
  /** The document of the project's label schema. */
  schema: JsonObject;
  /** A draft, or the earlier answer of an item that was opened again. */
  answer: JsonObject | null;
  /** What a model suggests, where it may be shown. */
  suggestion: Suggestion | null;
  /** An answer that needs no second key is submitted by its first. */
  submitAtOnce: boolean;
  onChange: (answer: JsonObject | null) => void;
  /** `at` is the moment of the key or click, in `performance.now()` time. */
  onSubmit: (answer: JsonObject, at: number) => void;
}

/** An item's picture; the size is that of the original, whatever the file behind `image_url`. */
export interface ItemPicture {
  image_url: string;
  thumb_url: string;
  width: number;
  height: number;
  filename: string;
  /** The second picture, where the question is about two. */
  other?: ItemPicture | null;
}

/** The element of a picture that is loaded, and mostly decoded, before its turn. */
export interface LoadedPicture {
  element: HTMLImageElement;
  /** Fulfilled when the picture can be painted without waiting; false when it cannot be loaded. */
  ready: Promise<boolean>;
  state: "loading" | "ready" | "failed";
}

/** What a task type gets that shows the item in its own way. */
export interface WorkProps extends AnswerProps {
  project: number;
  task: number;
  picture: ItemPicture;
  load: () => LoadedPicture;
  /** The same for `picture.other`. */
  loadOther: () => LoadedPicture | null;
  /** To be called when the picture can be seen; `ready` when it had not to be waited for. */
  onShown: (ready: boolean) => void;
  /** Why this item, guidelines, progress, settings: for a work area that brings its own side. */
  guide: ReactNode;
  /** Notes about the item and the strip of items; their place is right after the picture. */
  children: ReactNode;
}

export interface AnswerText {
  /** For people: the label's title, the first words of a text. */
  text: string;
  /** The label's place in the schema, for its colour; -1 where there is none. */
  index: number;
}

interface TaskTypeParts {
  describe: (answer: JsonObject, schema: JsonObject) => AnswerText;
  /** Whether the answer needs a list at the side rather than a row under the image. */
  needsSide: (schema: JsonObject) => boolean;
}

/** Controls under or beside the screen's own picture; they register their own commands. */
interface AnsweredByControls {
  Answer: ComponentType<AnswerProps>;
  Work?: undefined;
}

/** Shows the item and takes the answer, where a plain picture with controls is not enough. */
interface AnsweredOnTheItem {
  Answer?: undefined;
  Work: ComponentType<WorkProps>;
  /** The work area has a side panel of its own, in the place of the screen's. */
  ownSide?: boolean;
}

export type TaskType = TaskTypeParts & (AnsweredByControls | AnsweredOnTheItem);
