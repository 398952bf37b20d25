// What the labels mean: in the words of whoever made the project, and in a picture of each.
import { useState } from "react";
import { type Example, useExamples } from "@/api/examples";
import type { JsonObject } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { grouped, type Option, optionsOf } from "@/task-types/choiceSchema";
import { LabelTag } from "@/ui/Tag";
import classes from "./LabelGuide.module.css";
import { messages } from "./messages";
import panel from "./SidePanel.module.css";

export function LabelGuide({ project, schema }: { project: number; schema: JsonObject }) {
  const t = useMessages(messages);
  const examples = useExamples(project, Array.isArray(schema.labels));
  const pictures = new Map((examples.data ?? []).map((one) => [one.label, one]));
  const told = optionsOf(schema).filter(
    (option) => option.description !== "" || pictures.has(option.name),
  );
  if (told.length === 0) return null;
  return (
    <section className={panel.block}>
      <h2 className={panel.heading}>{t.labelGuide}</h2>
      {grouped(told).map((group) => (
        <div key={group.name}>
          {group.name !== "" && <h3 className={panel.group}>{group.name}</h3>}
          <dl className={panel.meanings}>
            {group.options.map((option) => (
              <Meaning
                key={option.name}
                option={option}
                example={pictures.get(option.name)}
                onStale={() => void examples.refetch()}
              />
            ))}
          </dl>
        </div>
      ))}
    </section>
  );
}

interface MeaningProps {
  option: Option;
  example: Example | undefined;
  onStale: () => void;
}

function Meaning({ option, example, onStale }: MeaningProps) {
  return (
    <div>
      <dt>
        <LabelTag index={option.index} color={option.color}>
          {option.title}
        </LabelTag>
      </dt>
      {option.description !== "" && <dd>{option.description}</dd>}
      {example && (
        <dd>
          {/* Another picture is a small one again. */}
          <Picture key={example.id} title={option.title} example={example} onStale={onStale} />
        </dd>
      )}
    </div>
  );
}

/** Small; a press shows it as wide as the panel. */
function Picture(props: { title: string; example: Example; onStale: () => void }) {
  const { title, example, onStale } = props;
  const t = useMessages(messages);
  const [large, setLarge] = useState(false);
  return (
    <button
      type="button"
      className={classes.example}
      data-large={large || undefined}
      aria-expanded={large}
      aria-label={t.exampleOf(title)}
      title={t.exampleOf(title)}
      onClick={(event) => {
        setLarge(!large);
        event.currentTarget.blur(); // the keys belong to the screen again
      }}
    >
      <img
        src={large ? example.image_url : example.thumb_url}
        alt=""
        width={example.width}
        height={example.height}
        loading="lazy"
        // Its address has ended: a new one is at the server.
        onError={() => navigator.onLine && onStale()}
      />
    </button>
  );
}
