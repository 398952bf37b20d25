// The label schema of any kind of question while it is being edited.
import type { Json, JsonObject } from "@/api/types";
import {
  attributeProblems,
  attributesOf,
  type DraftAttribute,
  draftAttributes,
} from "./attributeDraft";
import { type DraftPoint, draftPoints, pointProblems, pointsOf } from "./pointDraft";
import {
  type DraftLabel,
  documentOf,
  draftOf,
  labelsWanted,
  newLabel,
  problemsOf,
} from "./schemaDraft";

export const TYPES = [
  "choice",
  "multi_label",
  "transcription",
  "boxes",
  "polygons",
  "keypoints",
  "pair",
] as const;
export type TypeName = (typeof TYPES)[number];

export interface TextDraft {
  form: "NFC" | "NFKC";
  fold_case: boolean;
  fold_punctuation: boolean;
  /** As typed. */
  max_length: string;
  multiline: boolean;
  direction: "auto" | "ltr" | "rtl" | "vertical";
  /** Characters apart by spaces. */
  palette: string;
}

export interface SchemaDraft {
  type: TypeName;
  labels: DraftLabel[];
  /** Figures as they are typed; empty for none. */
  at_least: string;
  at_most: string;
  least_side: string;
  text: TextDraft;
  attributes: DraftAttribute[];
  points: DraftPoint[];
  bones: [string, string][];
  scale: [string, string] | null;
  /** What this form does not know of: it goes back as it came. */
  rest: JsonObject;
}

const PLAIN_TEXT: TextDraft = {
  form: "NFC",
  fold_case: false,
  fold_punctuation: false,
  max_length: "2000",
  multiline: false,
  direction: "auto",
  palette: "",
};

/** Both labels of a pair are its question; a third may be added. */
export const PAIR_LABELS = ["same", "different"] as const;

export function emptyDraft(type: TypeName): SchemaDraft {
  return {
    type,
    labels: type === "pair" ? pairLabels() : firstLabels(type),
    ...{ at_least: "", at_most: "", least_side: "" },
    ...{ text: PLAIN_TEXT, attributes: [], points: [], bones: [], scale: null, rest: {} },
  };
}

function pairLabels(): DraftLabel[] {
  const titles = ["Same", "Different", "Cannot tell"];
  return [...PAIR_LABELS, "cannot_tell"].map((name, at) => ({
    ...newLabel(name),
    title: titles[at] ?? "",
    fixed: at < PAIR_LABELS.length,
  }));
}

function firstLabels(type: TypeName): DraftLabel[] {
  return Array.from({ length: labelsWanted(type) }, () => newLabel());
}

/** Another kind of question, with the labels that were named already. */
export function asType(draft: SchemaDraft, type: TypeName): SchemaDraft {
  const fresh = emptyDraft(type);
  const named = draft.labels.filter((label) => label.name.trim() !== "" && !label.fixed);
  const keeps = type !== "pair" && draft.type !== "pair" && named.length > 0;
  return { ...draft, ...(keeps ? { labels: named } : { labels: fresh.labels }), type };
}

const KNOWN = {
  choice: ["labels"],
  pair: ["labels"],
  multi_label: ["labels", "at_least", "at_most"],
  transcription: ["policy", "max_length", "multiline", "direction", "palette"],
  boxes: ["labels", "attributes", "least_side"],
  polygons: ["labels"],
  keypoints: ["labels", "points", "bones", "scale"],
} as const satisfies Record<TypeName, readonly string[]>;

const figure = (value: Json | undefined) => (typeof value === "number" ? String(value) : "");

/** The draft of a schema; `kept` where answers may use its labels and points already. */
export function draftOfSchema(type: TypeName, document: JsonObject, kept = true): SchemaDraft {
  const known: readonly string[] = KNOWN[type];
  const rest = Object.entries(document).filter(([name]) => !known.includes(name));
  const labels = Array.isArray(document.labels)
    ? draftOf({ labels: document.labels as never }).map((label) => ({
        ...label,
        kept,
        fixed: type === "pair" && (PAIR_LABELS as readonly string[]).includes(label.name),
      }))
    : [];
  return {
    ...emptyDraft(type),
    labels,
    at_least: figure(document.at_least),
    at_most: figure(document.at_most),
    least_side: figure(document.least_side),
    text: textDraft(document),
    attributes: draftAttributes(document.attributes),
    points: draftPoints(document.points, kept),
    bones: Array.isArray(document.bones) ? (document.bones as [string, string][]) : [],
    scale: Array.isArray(document.scale) ? (document.scale as [string, string]) : null,
    rest: Object.fromEntries(rest),
  };
}

function textDraft(document: JsonObject): TextDraft {
  const policy = (document.policy ?? {}) as JsonObject;
  return {
    form: policy.form === "NFKC" ? "NFKC" : "NFC",
    fold_case: policy.fold_case === true,
    fold_punctuation: policy.fold_punctuation === true,
    max_length: figure(document.max_length) || PLAIN_TEXT.max_length,
    multiline: document.multiline === true,
    direction: (document.direction as TextDraft["direction"]) ?? "auto",
    palette: Array.isArray(document.palette) ? document.palette.join(" ") : "",
  };
}

/** Apart by spaces; what is written together goes in together, as "č̓" or "æ". */
export function paletteOf(text: string): string[] {
  return [...new Set(text.split(/\s+/).filter((part) => part !== ""))];
}

/** What is sent. */
export function documentOfDraft(draft: SchemaDraft): JsonObject {
  return { ...draft.rest, ...ownDocument(draft) };
}

function ownDocument(draft: SchemaDraft): JsonObject {
  const labels = documentOf(draft.labels).labels as unknown as Json;
  const number = (text: string): Json | undefined =>
    text.trim() === "" ? undefined : Number(text);
  switch (draft.type) {
    case "choice":
    case "pair":
    case "polygons":
      return { labels };
    case "multi_label":
      return given({ labels, at_least: number(draft.at_least), at_most: number(draft.at_most) });
    case "transcription": {
      const { form, fold_case, fold_punctuation, max_length, palette, ...plain } = draft.text;
      const policy = { form, fold_case, fold_punctuation };
      return { ...plain, policy, max_length: Number(max_length), palette: paletteOf(palette) };
    }
    case "boxes": {
      const attributes = attributesOf(draft.attributes);
      const listed = attributes.length > 0 ? attributes : undefined;
      return given({ labels, attributes: listed, least_side: number(draft.least_side) });
    }
    case "keypoints": {
      const { points, names } = pointsOf(draft.points);
      const bones = draft.bones.filter((ends) => ends.every((name) => names.has(name)));
      const scale = draft.scale?.every((name) => names.has(name)) ? draft.scale : undefined;
      return given({ labels, points, scale, bones: bones.length > 0 ? bones : undefined });
    }
  }
}

function given(fields: Record<string, Json | undefined>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((field): field is [string, Json] => field[1] !== undefined),
  );
}

export type FieldProblem = "whole" | "order" | "length" | "side" | "character";

/** What is wrong besides the rows of the tables, by field. */
export function fieldProblems(draft: SchemaDraft): Partial<Record<string, FieldProblem>> {
  const found: Partial<Record<string, FieldProblem>> = {};
  const whole = (text: string) => text.trim() === "" || /^\d+$/.test(text.trim());
  if (draft.type === "multi_label") {
    for (const field of ["at_least", "at_most"] as const) {
      if (!whole(draft[field])) found[field] = "whole";
    }
    const [least, most] = [Number(draft.at_least || 0), Number(draft.at_most || 1000)];
    const inUse = draft.labels.filter((label) => label.name.trim() !== "" && !label.retired).length;
    if (!found.at_least && !found.at_most && least > Math.min(most, inUse)) {
      found.at_least = "order";
    }
  }
  if (draft.type === "transcription") {
    const length = Number(draft.text.max_length);
    if (!(Number.isInteger(length) && length >= 1 && length <= 100_000)) {
      found.max_length = "length";
    }
    if (paletteOf(draft.text.palette).some((part) => [...part].length > 8)) {
      found.palette = "character";
    }
  }
  if (draft.type === "boxes" && !(Number(draft.least_side) >= 0)) found.least_side = "side";
  return found;
}

export const hasLabels = (type: TypeName) => type !== "transcription";

export function isSound(draft: SchemaDraft): boolean {
  const enough =
    draft.labels.filter((label) => label.name.trim() !== "" && !label.retired).length >=
    labelsWanted(draft.type);
  const labelsFine = problemsOf(draft.labels, draft.type).size === 0 && enough;
  return (
    (!hasLabels(draft.type) || labelsFine) &&
    Object.keys(fieldProblems(draft)).length === 0 &&
    (draft.type !== "boxes" || attributeProblems(draft.attributes).size === 0) &&
    (draft.type !== "keypoints" ||
      (pointProblems(draft.points).size === 0 && draft.points.some((point) => !point.retired)))
  );
}
