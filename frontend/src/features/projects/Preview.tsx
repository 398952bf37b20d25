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
import { optionsOf } from "./attributeDraft";
import { messages } from "./messages";
import classes from "./Preview.module.css";
import type { ProjectValues } from "./rule";
import { type DraftLabel, keysOfRows } from "./schemaDraft";
import { hasLabels, paletteOf, type SchemaDraft, type TextDraft } from "./typeDraft";

interface PreviewProps {
  values: ProjectValues;
  draft: SchemaDraft;
}

const SAMPLES = 12;

export function Preview({ values, draft }: PreviewProps) {
  const t = useMessages(messages);
  const sample = useSampleItems(Number(values.dataset), SAMPLES).data ?? [];
  const [turn, setTurn] = useState(0);
  const shown = (draft.type === "pair" ? [0, 1] : [0]).flatMap(
    (step) => sample[(turn + step) % Math.max(1, sample.length)] ?? [],
  );
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
      <div className={classes.stage} data-two={shown.length > 1 || undefined}>
        {shown.map((item, at) => (
          <PictureStage
            // biome-ignore lint/suspicious/noArrayIndexKey: the two places of a pair
            key={at}
            src={item.image_url}
            alt={item.filename}
            width={item.width}
            height={item.height}
          />
        ))}
        {shown.length === 0 && <p className={classes.none}>{t.previewNoImage}</p>}
      </div>
      <p className={classes.question} data-example={values.question === "" || undefined}>
        {values.question || t.questionExample}
      </p>
      {hasLabels(draft.type) ? <Labels labels={draft.labels} /> : <TextPreview text={draft.text} />}
      {draft.type === "keypoints" && <Points draft={draft} />}
      {draft.type === "boxes" && <Attributes draft={draft} />}
      {values.guidelines !== "" && (
        <div className={classes.guidelines}>
          <Markdown text={values.guidelines} />
        </div>
      )}
    </aside>
  );
}

function Labels({ labels }: { labels: readonly DraftLabel[] }) {
  const keys = keysOfRows(labels);
  return (
    <ul className={classes.options}>
      {labels.map((label, at) =>
        label.retired || label.name.trim() === "" ? null : (
          <li key={label.id} className={classes.option} title={label.description || undefined}>
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

function TextPreview({ text }: { text: TextDraft }) {
  const t = useMessages(messages);
  return (
    <div className={classes.writing}>
      <div className={classes.field} data-direction={text.direction}>
        {t.previewField}
      </div>
      <div className={classes.characters}>
        {paletteOf(text.palette).map((character) => (
          <span key={character} className={classes.character}>
            {character}
          </span>
        ))}
      </div>
    </div>
  );
}

function Points({ draft }: { draft: SchemaDraft }) {
  const t = useMessages(messages);
  const points = draft.points.filter((point) => !point.retired && point.name.trim() !== "");
  return (
    <div className={classes.list}>
      <span className={classes.caption}>{t.pointsInOrder(points.length)}</span>
      <ol className={classes.points}>
        {points.map((point) => (
          <li key={point.id}>{point.title || point.name}</li>
        ))}
      </ol>
    </div>
  );
}

function Attributes({ draft }: { draft: SchemaDraft }) {
  const t = useMessages(messages);
  const attributes = draft.attributes.filter((one) => one.name.trim() !== "");
  if (attributes.length === 0) return null;
  return (
    <div className={classes.list}>
      <span className={classes.caption}>{t.attributes}</span>
      <ul className={classes.points}>
        {attributes.map((one) => (
          <li key={one.id}>
            {one.name}
            {one.kind === "choice" && `: ${optionsOf(one).join(" / ")}`}
          </li>
        ))}
      </ul>
    </div>
  );
}
