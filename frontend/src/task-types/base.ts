// What the browser must know of a kind of question; the twin of the server's task type.
import type { ComponentType, ReactNode } from "react";
import type { JsonObject } from "@/api/types";

/** What a model version, or the source of an import, proposes for an item. */
export interface Suggestion {
  answer: JsonObject;
  /** Of the model; null for an imported proposal. */
  version: number | null;
  /** Of an imported proposal. */
  source: string;
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
  /** The suggestion was taken, whatever is made of it then. */
  onTake?: () => void;
  onChange: (answer: JsonObject | null) => void;
  /** `at` is the moment of the key or click, in `performance.now()` time. */
  onSubmit: (answer: JsonObject, at: number) => void;
}

/** An item's picture; the size is that of the original, whatever the file behind `image_url`. */
export interface ItemPicture {
  image_url: string;
  /** All pixels, where the file behind `image_url` has fewer. */
  full_url?: string | null;
  /** Tiles of all pixels, where they would be too many for one file. */
  tiles_url?: string | null;
  thumb_url: string;
  width: number;
  height: number;
  filename: string;
  /** The second picture, where the question is about two. */
  other?: ItemPicture | null;
  /** What it was cut out of, where it is a line of a page. */
  page?: LinePage | null;
}

/** A page, and the outline of a line on it in the page's pixels. */
export interface LinePage {
  id: number;
  image_url: string;
  filename: string;
  width: number;
  height: number;
  polygon: number[][];
}

/** Another item of this visit: one that was answered, or one that comes. */
export interface Neighbour {
  task: number;
  page: LinePage | null;
  answered: boolean;
}

/** The element of a picture that is loaded, and mostly decoded, before its turn. */
export interface LoadedPicture {
  element: HTMLImageElement;
  /** Fulfilled when the picture can be painted without waiting; false when it cannot be loaded. */
  ready: Promise<boolean>;
  state: "loading" | "ready" | "failed";
  /** Its pixels, for who paints them; whoever takes them closes them. */
  bitmap?: ImageBitmap;
}

/** What a task type gets that shows the item in its own way. */
export interface WorkProps extends AnswerProps {
  project: number;
  task: number;
  picture: ItemPicture;
  load: () => LoadedPicture;
  /** The picture of the item that comes after this one; null where none is known. */
  loadNext?: () => LoadedPicture | null;
  /** The same for `picture.other`. */
  loadOther: () => LoadedPicture | null;
  /** The items before and after this one. */
  around?: () => readonly Neighbour[];
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
  /** One key is a whole answer, so that it can be sent at once. */
  oneKey?: boolean;
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
