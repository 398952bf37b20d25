// Which pairs a project asks about: a list of them, or some drawn by the images' groups.
import { Button, Checkbox, FileButton, NumberInput } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { useState } from "react";
import type { PairsReport, Project } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { notifyProblem } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { messages } from "./messages";
import classes from "./PairsSection.module.css";
import { useAddPairs } from "./requests";

export function PairsSection({ project }: { project: Project }) {
  const t = useMessages(messages);
  const add = useAddPairs(project.id);
  const [gold, setGold] = useState(false);
  const [same, setSame] = useState(50);
  const [different, setDifferent] = useState(50);
  const onError = notifyProblem;
  const send = async (file: File | null) => {
    if (!file) return;
    add.mutate({ text: await file.text(), labels: gold ? "gold" : "none" }, { onError });
  };
  return (
    <Section id="pairs" title={t.pairsSection}>
      <p className={classes.text}>{t.pairsAsked(project.progress.tasks)}</p>
      <div className={classes.row}>
        <FileButton onChange={(file) => void send(file)} accept=".csv,.tsv,.txt,text/*">
          {(props) => (
            <Button variant="default" loading={add.isPending} {...props}>
              {t.pairsFromFile}
            </Button>
          )}
        </FileButton>
        <Checkbox
          checked={gold}
          onChange={(event) => setGold(event.currentTarget.checked)}
          label={t.pairsGold}
        />
      </div>
      <p className={classes.text}>{t.pairsFileHint}</p>
      <div className={classes.row}>
        <Count label={t.pairsSame} value={same} onChange={setSame} />
        <Count label={t.pairsDifferent} value={different} onChange={setDifferent} />
        <Button
          variant="default"
          loading={add.isPending}
          disabled={same + different === 0}
          onClick={() => add.mutate({ draw: { same, different } }, { onError })}
        >
          {t.pairsDraw}
        </Button>
      </div>
      <p className={classes.text}>{t.pairsDrawHint}</p>
      {add.data && <Outcome report={add.data} />}
    </Section>
  );
}

interface CountProps {
  label: string;
  value: number;
  onChange: (value: number) => void;
}

function Count({ label, value, onChange }: CountProps) {
  return (
    <NumberInput
      label={label}
      value={value}
      min={0}
      max={20000}
      allowDecimal={false}
      onChange={(given) => onChange(Number(given) || 0)}
      className={classes.count}
    />
  );
}

/** How many came of it, and the lines that could not be used with the reason. */
function Outcome({ report }: { report: PairsReport }) {
  const t = useMessages(messages);
  const { made, known, gold, refused, refusals } = report;
  return (
    <div role="status" className={classes.outcome}>
      <p>
        {[
          t.pairsMade(made),
          known > 0 && t.pairsKnown(known),
          gold > 0 && t.pairsMadeGold(gold),
          refused > 0 && t.pairsRefused(refused),
        ]
          .filter(Boolean)
          .join(" · ")}
      </p>
      {refusals.length > 0 && (
        <ul className={classes.refusals}>
          {refusals.slice(0, 20).map(({ line, detail }) => (
            <li key={line}>{t.pairsLine(line, detail)}</li>
          ))}
          {refused > 20 && <li>{t.pairsMore(formatNumber(refused - 20))}</li>}
        </ul>
      )}
    </div>
  );
}
