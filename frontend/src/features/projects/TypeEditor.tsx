// The answers of a question as its kind has them: labels, texts, attributes, points.
import { TextInput } from "@mantine/core";
import { useMessages } from "@/i18n/messages";
import { AttributesEditor } from "./AttributesEditor";
import { messages } from "./messages";
import { PointsEditor } from "./PointsEditor";
import { SchemaEditor } from "./SchemaEditor";
import { TextSettings } from "./TextSettings";
import classes from "./TypeEditor.module.css";
import { fieldProblems, hasLabels, type SchemaDraft } from "./typeDraft";

interface TypeEditorProps {
  draft: SchemaDraft;
  onChange: (draft: SchemaDraft) => void;
  /** After a first try to save, also what is merely missing is shown. */
  strict: boolean;
}

export function TypeEditor({ draft, onChange, strict }: TypeEditorProps) {
  const t = useMessages(messages);
  const problems = fieldProblems(draft);
  const change = (part: Partial<SchemaDraft>) => onChange({ ...draft, ...part });
  const figure = (field: "at_least" | "at_most" | "least_side", label: string, hint?: string) => (
    <TextInput
      label={label}
      description={hint}
      inputMode="numeric"
      w={160}
      value={draft[field]}
      error={problems[field] && t[`problem_${problems[field]}`]}
      onChange={(event) => change({ [field]: event.currentTarget.value })}
    />
  );
  return (
    <div className={classes.editor}>
      {hasLabels(draft.type) && (
        <SchemaEditor
          rows={draft.labels}
          type={draft.type}
          strict={strict}
          onChange={(labels) => change({ labels })}
        />
      )}
      {draft.type === "multi_label" && (
        <div className={classes.figures}>
          {figure("at_least", t.atLeast, t.atLeastHint)}
          {figure("at_most", t.atMost, t.atMostHint)}
        </div>
      )}
      {draft.type === "transcription" && (
        <TextSettings
          text={draft.text}
          problems={problems}
          onChange={(text) => change({ text: { ...draft.text, ...text } })}
        />
      )}
      {draft.type === "boxes" && (
        <>
          <AttributesEditor
            attributes={draft.attributes}
            onChange={(attributes) => change({ attributes })}
          />
          <div className={classes.figures}>
            {figure("least_side", t.leastSide, t.leastSideHint)}
          </div>
        </>
      )}
      {draft.type === "keypoints" && (
        <PointsEditor
          points={draft.points}
          bones={draft.bones}
          scale={draft.scale}
          strict={strict}
          onChange={change}
        />
      )}
    </div>
  );
}
