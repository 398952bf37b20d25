// What labelers also say of each region: yes or no, one of several, or words.
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import {
  type AttributeKind,
  attributeProblems,
  type DraftAttribute,
  newAttribute,
} from "./attributeDraft";
import { messages } from "./messages";
import { Tool } from "./Tool";
import classes from "./TypeEditor.module.css";

interface AttributesEditorProps {
  attributes: readonly DraftAttribute[];
  onChange: (attributes: DraftAttribute[]) => void;
}

const KINDS: readonly AttributeKind[] = ["flag", "choice", "text"];

export function AttributesEditor({ attributes, onChange }: AttributesEditorProps) {
  const t = useMessages(messages);
  const problems = attributeProblems(attributes);
  const change = (id: number, part: Partial<DraftAttribute>) =>
    onChange(attributes.map((one) => (one.id === id ? { ...one, ...part } : one)));
  return (
    <div>
      <h3 className={classes.title}>{t.attributes}</h3>
      <p className={classes.hint}>{t.attributesHint}</p>
      <ul className={classes.rows}>
        {attributes.map((one, at) => {
          const problem = problems.get(one.id);
          return (
            <li key={one.id} className={classes.row}>
              <TextInput
                aria-label={t.attributeName(at + 1)}
                placeholder={t.attributeExample}
                value={one.name}
                error={problem !== undefined && problem !== "options"}
                onChange={(event) => change(one.id, { name: event.currentTarget.value })}
              />
              <NativeSelect
                aria-label={t.attributeKind(at + 1)}
                data={KINDS.map((value) => ({ value, label: t[`kind_${value}`] }))}
                value={one.kind}
                onChange={(event) =>
                  change(one.id, { kind: event.currentTarget.value as AttributeKind })
                }
              />
              {one.kind === "choice" && (
                <Textarea
                  className={classes.grow}
                  aria-label={t.attributeOptions(at + 1)}
                  placeholder={t.optionsExample}
                  rows={3}
                  value={one.options}
                  error={problem === "options"}
                  onChange={(event) => change(one.id, { options: event.currentTarget.value })}
                />
              )}
              <div className={classes.tools}>
                <Tool
                  label={t.remove(one.name || String(at + 1))}
                  icon="trash"
                  onClick={() => onChange(attributes.filter((other) => other.id !== one.id))}
                />
              </div>
              {problem && (
                <p className={classes.problem} role="alert">
                  {t[`problem_${problem}`]}
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <div className={classes.foot}>
        <Button
          variant="default"
          leftSection={<Icon name="plus" />}
          onClick={() => onChange([...attributes, newAttribute()])}
        >
          {t.addAttribute}
        </Button>
      </div>
    </div>
  );
}
