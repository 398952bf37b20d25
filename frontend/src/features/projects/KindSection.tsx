// What is asked: a template for a common question, or one of the kinds.
import { Button } from "@mantine/core";
import { useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import classes from "./KindSection.module.css";
import { messages } from "./messages";
import { TEMPLATES, type Template } from "./templates";
import { TYPES, type TypeName } from "./typeDraft";

interface KindSectionProps {
  type: TypeName;
  /** Which kinds the server takes. */
  known: readonly string[];
  onType: (type: TypeName) => void;
  onTemplate: (template: Template) => void;
}

export function KindSection({ type, known, onType, onTemplate }: KindSectionProps) {
  const t = useMessages(messages);
  const types = TYPES.filter((name) => known.includes(name));
  return (
    <Section title={t.kind}>
      {(["handwriting", "faces"] as const).map((about) => (
        <div key={about} className={classes.templates}>
          <span className={classes.about}>{t[`about_${about}`]}</span>
          {TEMPLATES.filter((one) => one.about === about && known.includes(one.type)).map(
            (template) => (
              <Button
                key={template.key}
                variant="default"
                size="compact-sm"
                onClick={() => onTemplate(template)}
              >
                {t[`template_${template.key}`]}
              </Button>
            ),
          )}
        </div>
      ))}
      <fieldset className={classes.types}>
        <legend className={classes.legend}>{t.kindLegend}</legend>
        {types.map((name) => (
          <label key={name} className={classes.type}>
            <input
              type="radio"
              name="task-type"
              value={name}
              checked={type === name}
              onChange={() => onType(name)}
            />
            <span>
              {t[`type_${name}`]}
              <small className={classes.hint}>{t[`typeHint_${name}`]}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </Section>
  );
}
