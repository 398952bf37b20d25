// How often each label was settled on.
import type { ChoiceDocument, Report } from "@/api/types";
import { Bars } from "@/charts/Bars";
import { useMessages } from "@/i18n/messages";
import { findLabel, LabelName } from "@/ui/LabelName";
import { Section } from "@/ui/Page";
import { Empty } from "@/ui/states";
import { messages } from "./messages";

interface DistributionSectionProps {
  report: Report;
  document: ChoiceDocument;
}

/** All labels of the schema in its order, those without a settled task as zero. */
export function countsOf(
  document: ChoiceDocument,
  counts: Report["label_distribution"],
): { label: string; count: number }[] {
  const known = new Map(counts.map(({ label, count }) => [label, count]));
  const listed = document.labels
    .filter((label) => !label.retired || known.has(label.name))
    .map(({ name }) => ({ label: name, count: known.get(name) ?? 0 }));
  const others = counts.filter(({ label }) => !findLabel(document, label));
  return [...listed, ...others];
}

export function DistributionSection({ report, document }: DistributionSectionProps) {
  const t = useMessages(messages);
  const counts = countsOf(document, report.label_distribution);
  return (
    <Section title={t.distribution}>
      {counts.every(({ count }) => count === 0) ? (
        <Empty icon="label" title={t.distributionEmpty} />
      ) : (
        <Bars
          label={t.distribution}
          bars={counts.map(({ label, count }) => ({
            key: label,
            name: <LabelName document={document} name={label} />,
            value: count,
          }))}
        />
      )}
    </Section>
  );
}
