// This run beside another one of the project, figure by figure.
import { NativeSelect } from "@mantine/core";
import { useState } from "react";
import type { Run, RunDetail } from "@/api/types";
import { formatBytes, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { nameOf, names } from "@/ui/names";
import { Section } from "@/ui/Page";
import { Loading } from "@/ui/states";
import classes from "./CompareSection.module.css";
import { messages } from "./messages";
import { figuresOf } from "./progress";
import { useRun, useRuns } from "./requests";

export function CompareSection({ run }: { run: RunDetail }) {
  const t = useMessages(messages);
  const others = useRuns(run.project).rows.filter(
    ({ id, state }) => id !== run.id && state === "done",
  );
  const [wanted, setWanted] = useState("");
  if (run.state !== "done" || others.length === 0) return null;
  const other = others.find(({ id }) => String(id) === wanted);
  return (
    <Section
      title={t.compare}
      actions={
        <NativeSelect
          aria-label={t.compareWith}
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          data={[
            { value: "", label: t.compareWith },
            ...others.map(({ id, recipe, snapshot }) => ({
              value: String(id),
              label: t.compareOption(id, recipe, snapshot?.labelled ?? 0),
            })),
          ]}
        />
      }
    >
      {other ? <Beside key={other.id} run={run} other={other} /> : <p>{t.compareHint}</p>}
    </Section>
  );
}

interface Row {
  name: string;
  of: (run: RunDetail) => string;
}

function Beside({ run, other }: { run: RunDetail; other: Run }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const known = useRun(other.id);
  if (!known.data) return <Loading />;
  const both = [known.data, run] as const;
  const rows: Row[] = [
    { name: t.recipe, of: ({ recipe }) => nameOf(called, "recipe", recipe) },
    { name: t.seed, of: ({ seed }) => String(seed) },
    { name: t.snapshot, of: ({ snapshot }) => snapshot?.sha256.slice(0, 12) ?? "–" },
    { name: t.labelsColumn, of: ({ snapshot }) => formatNumber(snapshot?.labelled ?? 0) },
    { name: t.accuracy, of: ({ holdout }) => formatPercent(holdout?.accuracy) },
    ...(both.some(({ holdout }) => holdout?.cer != null)
      ? [{ name: t.cer, of: ({ holdout }: RunDetail) => formatPercent(holdout?.cer) }]
      : []),
    { name: t.calibration, of: ({ holdout }) => formatPercent(holdout?.ece) },
    ...labelsOf(both).map((label) => ({
      name: t.recallOf(label),
      of: (one: RunDetail) => formatPercent(recallOf(one, label)),
    })),
    { name: t.took, of: ({ cpu_seconds }) => seconds(cpu_seconds, t) },
    { name: t.memory, of: ({ peak_bytes }) => (peak_bytes ? formatBytes(peak_bytes) : "–") },
  ];
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={t.compare}>
        <thead>
          <tr>
            <th scope="col">{t.figure}</th>
            {both.map(({ id }) => (
              <th key={id} scope="col">
                {t.runTitle(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, of }) => {
            const [before, now] = both.map(of);
            return (
              <tr key={name} data-differs={before !== now || undefined}>
                <th scope="row">{name}</th>
                <td>{before}</td>
                <td>{now}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function seconds(value: number | null, t: typeof messages.english): string {
  return value === null ? "–" : t.cpuSeconds(formatNumber(value, { maximumFractionDigits: 1 }));
}

function recallOf(run: RunDetail, label: string): number | null {
  return figuresOf(run.metrics as Record<string, unknown>, "holdout")?.recall[label] ?? null;
}

const MOST_LABELS = 30;

function labelsOf(runs: readonly RunDetail[]): string[] {
  const all = runs.flatMap((run) =>
    Object.keys(figuresOf(run.metrics as Record<string, unknown>, "holdout")?.recall ?? {}),
  );
  return [...new Set(all)].slice(0, MOST_LABELS);
}
