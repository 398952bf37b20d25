// A picture for each label, which labelers see beside what the label means.
import { Button } from "@mantine/core";
import { useState } from "react";
import { type Example, useChooseExample, useExamples } from "@/api/examples";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { type Option, optionsOf } from "@/task-types/choiceSchema";
import { notifyProblem } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { LabelTag } from "@/ui/Tag";
import { ExamplePicker } from "./ExamplePicker";
import classes from "./ExamplesSection.module.css";
import { messages } from "./exampleMessages";

export function ExamplesSection({ project }: { project: Project }) {
  const t = useMessages(messages);
  const examples = useExamples(project.id);
  const change = useChooseExample(project.id);
  const [asked, setAsked] = useState<Option | null>(null);
  const choose = (label: string, item: number | null) =>
    change.mutate({ label, item }, { onError: notifyProblem });
  return (
    <Section title={t.section}>
      <p className={classes.hint}>{t.intro}</p>
      <Loaded query={examples}>
        {(data) => (
          <ul className={classes.list}>
            {optionsOf(project.schema.document).map((option) => (
              <Row
                key={option.name}
                option={option}
                example={data.find((one) => one.label === option.name)}
                onAsk={() => setAsked(option)}
                onDrop={() => choose(option.name, null)}
              />
            ))}
          </ul>
        )}
      </Loaded>
      {asked && (
        <ExamplePicker
          project={project}
          title={t.pickTitle(asked.title)}
          onPick={(item) => {
            choose(asked.name, item);
            setAsked(null);
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </Section>
  );
}

interface RowProps {
  option: Option;
  example: Example | undefined;
  onAsk: () => void;
  onDrop: () => void;
}

function Row({ option, example, onAsk, onDrop }: RowProps) {
  const t = useMessages(messages);
  return (
    <li className={classes.row}>
      <span className={classes.thumb}>
        {example && <img src={example.thumb_url} alt={t.pictureOf(option.title)} loading="lazy" />}
      </span>
      <LabelTag index={option.index} color={option.color}>
        {option.title}
      </LabelTag>
      <span className={classes.file}>{example?.filename ?? t.none}</span>
      <Button
        variant="default"
        size="compact-sm"
        aria-label={t.chooseFor(option.title)}
        onClick={onAsk}
      >
        {example ? t.replace : t.choose}
      </Button>
      {example && (
        <Button
          variant="subtle"
          size="compact-sm"
          aria-label={t.dropOf(option.title)}
          onClick={onDrop}
        >
          {t.drop}
        </Button>
      )}
    </li>
  );
}
