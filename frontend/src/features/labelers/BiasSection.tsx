// What a labeler answers where something else is true.
import { ConfusionMatrix } from "@/charts/ConfusionMatrix";
import { useMessages } from "@/i18n/messages";
import { Section } from "@/ui/Page";
import { matrixOf } from "./figures";
import classes from "./Labelers.module.css";
import { messages } from "./messages";
import type { LabelerFigures } from "./requests";

type BiasProps = Pick<LabelerFigures, "confusion"> & { labels: readonly string[] };

export function BiasSection({ confusion, labels }: BiasProps) {
  const t = useMessages(messages);
  const { names, counts } = matrixOf(confusion, labels);
  return (
    <Section title={t.confusion}>
      {names.length > 0 && (
        <ConfusionMatrix
          label={t.confusion}
          classNames={names}
          counts={counts}
          across={t.answers}
        />
      )}
      <p className={classes.hint}>{names.length > 0 ? t.confusionHint : t.confusionNone}</p>
    </Section>
  );
}
