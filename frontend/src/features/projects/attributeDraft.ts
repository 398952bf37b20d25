// Attributes of regions while they are being edited.
import type { Json } from "@/api/types";

export type AttributeKind = "flag" | "choice" | "text";

export interface DraftAttribute {
  /** Only for the page. */
  id: number;
  name: string;
  kind: AttributeKind;
  /** One option per line, as typed. */
  options: string;
}

export type AttributeProblem = "empty" | "twice" | "options";

let lastId = 0;

export function newAttribute(): DraftAttribute {
  lastId += 1;
  return { id: lastId, name: "", kind: "flag", options: "" };
}

export function draftAttributes(document: Json | undefined): DraftAttribute[] {
  if (!Array.isArray(document)) return [];
  return (document as { name: string; kind: AttributeKind; options?: string[] }[]).map(
    ({ name, kind, options = [] }) => ({
      ...newAttribute(),
      name,
      kind,
      options: options.join("\n"),
    }),
  );
}

export function optionsOf({ options }: DraftAttribute): string[] {
  return [...new Set(options.split(/[\n,]/).map((part) => part.trim()))].filter(Boolean);
}

export function attributesOf(drafts: readonly DraftAttribute[]): Json[] {
  return drafts
    .filter((draft) => draft.name.trim() !== "")
    .map((draft) => ({
      name: draft.name.trim(),
      kind: draft.kind,
      ...(draft.kind === "choice" ? { options: optionsOf(draft) } : {}),
    }));
}

export function attributeProblems(
  drafts: readonly DraftAttribute[],
): Map<number, AttributeProblem> {
  const found = new Map<number, AttributeProblem>();
  const names = drafts.map((draft) => draft.name.trim());
  drafts.forEach((draft, at) => {
    if (names[at] === "") {
      if (draft.options !== "") found.set(draft.id, "empty");
    } else if (names.indexOf(names[at] ?? "") !== at) found.set(draft.id, "twice");
    else if (draft.kind === "choice" && optionsOf(draft).length < 2) found.set(draft.id, "options");
  });
  return found;
}
