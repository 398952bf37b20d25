// How texts are written and compared: direction, characters, length, normal form.
import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import classes from "./TypeEditor.module.css";
import type { FieldProblem, TextDraft } from "./typeDraft";

interface TextSettingsProps {
  text: TextDraft;
  problems: Partial<Record<string, FieldProblem>>;
  onChange: (part: Partial<TextDraft>) => void;
}

const DIRECTIONS = ["auto", "ltr", "rtl", "vertical"] as const;
const FORMS = ["NFC", "NFKC"] as const;

export function TextSettings({ text, problems, onChange }: TextSettingsProps) {
  const t = useMessages(messages);
  const problem = (field: string) => problems[field] && t[`problem_${problems[field]}`];
  return (
    <>
      <TextInput
        className={classes.palette}
        label={t.palette}
        description={t.paletteHint}
        value={text.palette}
        error={problem("palette")}
        onChange={(event) => onChange({ palette: event.currentTarget.value })}
      />
      <div className={classes.figures}>
        <NativeSelect
          label={t.direction}
          data={DIRECTIONS.map((value) => ({ value, label: t[`direction_${value}`] }))}
          value={text.direction}
          onChange={(event) =>
            onChange({ direction: event.currentTarget.value as TextDraft["direction"] })
          }
        />
        <TextInput
          label={t.maxLength}
          inputMode="numeric"
          w={160}
          value={text.max_length}
          error={problem("max_length")}
          onChange={(event) => onChange({ max_length: event.currentTarget.value })}
        />
      </div>
      <Checkbox
        label={t.multiline}
        checked={text.multiline}
        onChange={(event) => onChange({ multiline: event.currentTarget.checked })}
      />
      <div>
        <h3 className={classes.title}>{t.comparing}</h3>
        <p className={classes.hint}>{t.comparingHint}</p>
        <div className={classes.editor}>
          <Checkbox
            label={t.foldCase}
            checked={text.fold_case}
            onChange={(event) => onChange({ fold_case: event.currentTarget.checked })}
          />
          <Checkbox
            label={t.foldPunctuation}
            checked={text.fold_punctuation}
            onChange={(event) => onChange({ fold_punctuation: event.currentTarget.checked })}
          />
          <NativeSelect
            label={t.normalForm}
            w="100%"
            maw={440}
            data={FORMS.map((value) => ({ value, label: t[`form_${value}`] }))}
            value={text.form}
            onChange={(event) => onChange({ form: event.currentTarget.value as TextDraft["form"] })}
          />
        </div>
      </div>
    </>
  );
}
