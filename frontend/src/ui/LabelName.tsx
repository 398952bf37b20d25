// A label as people see it: colour and title, wherever an answer is shown.
import type { ChoiceDocument, Label } from "@/api/types";
import { LabelTag } from "./Tag";

export function findLabel(
  document: ChoiceDocument,
  name: string,
): { label: Label; index: number } | null {
  const index = document.labels.findIndex((label) => label.name === name);
  const label = document.labels[index];
  return label ? { label, index } : null;
}

export function titleOf(document: ChoiceDocument, name: string): string {
  const label = findLabel(document, name)?.label;
  return label?.title || name;
}

export function LabelName({ document, name }: { document: ChoiceDocument; name: string }) {
  const found = findLabel(document, name);
  if (!found) return <span>{name}</span>;
  return (
    <LabelTag index={found.index} color={found.label.color}>
      {found.label.title || name}
    </LabelTag>
  );
}
