// The label screen in small, with a real image: what the form will make.
import { Button } from "@mantine/core";
import { useState } from "react";
import { useSampleItems } from "@/api/datasets";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { KeyHint } from "@/ui/KeyHint";
import { Markdown } from "@/ui/Markdown";
import { PictureStage } from "@/ui/PictureStage";
import { LabelTag } from "@/ui/Tag";
import { messages } from "./messages";
import classes from "./Preview.module.css";
import type { ProjectValues } from "./rule";
import { type DraftLabel, keysOfRows } from "./schemaDraft";

interface PreviewProps {
  values: ProjectValues;
  labels: readonly DraftLabel[];
}

const SAMPLES = 12;

export function Preview({ values, labels }: PreviewProps) {
  const t = useMessages(messages);
  const sample = useSampleItems(Number(values.dataset), SAMPLES).data ?? [];
  const [turn, setTurn] = useState(0);
  const item = sample[turn % Math.max(1, sample.length)];
  return (
    <aside className={classes.preview} aria-label={t.preview}>
      <div className={classes.head}>
        <span>{t.preview}</span>
        {sample.length > 1 && (
          <Button
            variant="subtle"
            size="compact-xs"
            leftSection={<Icon name="refresh" size={12} />}
            onClick={() => setTurn(turn + 1)}
          >
            {t.anotherImage}
          </Button>
        )}
      </div>
      <div className={classes.stage}>
        {item ? (
          <PictureStage
            src={item.image_url}
            alt={item.filename}
            width={item.width}
            height={item.height}
          />
        ) : (
          <p className={classes.none}>{t.previewNoImage}</p>
        )}
      </div>
      <p className={classes.question} data-example={values.question === "" || undefined}>
        {values.question || t.questionExample}
      </p>
      <Options labels={labels} />
      {values.guidelines !== "" && (
        <div className={classes.guidelines}>
          <Markdown text={values.guidelines} />
        </div>
      )}
    </aside>
  );
}

function Options({ labels }: { labels: readonly DraftLabel[] }) {
  const keys = keysOfRows(labels);
  return (
    <ul className={classes.options}>
      {labels.map((label, at) =>
        label.retired || label.name.trim() === "" ? null : (
          <li key={label.id} className={classes.option}>
            <LabelTag index={at} color={label.color || undefined}>
              {label.title || label.name}
            </LabelTag>
            <KeyHint keys={keys[at] ?? undefined} />
          </li>
        ),
      )}
    </ul>
  );
}
