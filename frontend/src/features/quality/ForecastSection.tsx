// Sliders for the overlap rule, followed by what it would cost before it is applied.
import { Button } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useId, useState } from "react";
import type { Project } from "@/api/types";
import { formatDay, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { notify, notifyProblem } from "@/ui/notify";
import { Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Loaded } from "@/ui/states";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { type Rule, type RuleForecast, useChangeSettings, useForecast } from "./requests";
import { moved, ruleOf, sameRule, topOf } from "./rule";

const SETTLE_MS = 150;

interface ForecastSectionProps {
  project: Project;
  manages: boolean;
}

export function ForecastSection({ project, manages }: ForecastSectionProps) {
  const t = useMessages(messages);
  const present = ruleOf(project);
  const [rule, setRule] = useState(present);
  const [asked] = useDebouncedValue(rule, SETTLE_MS);
  const proposed = useForecast(project.id, asked);
  const now = useForecast(project.id, present);
  const change = useChangeSettings(project.id);
  const same = sameRule(rule, present);
  const waiting = proposed.isPlaceholderData || !sameRule(rule, asked);
  const apply = async () => {
    const left = proposed.data?.votes_left ?? 0;
    const sure = await confirm({
      title: t.applyTitle,
      body: t.applyText(t.votes(left)),
      action: t.applyRule,
    });
    if (!sure) return;
    change.mutate({ ...rule }, { onError: notifyProblem, onSuccess: () => notify(t.applied) });
  };
  return (
    <Section title={t.forecast}>
      <p className={classes.text}>{t.forecastText}</p>
      <Sliders rule={rule} present={present} onChange={setRule} />
      <Loaded query={proposed}>
        {(forecast) => (
          <div className={waiting ? classes.waiting : undefined} aria-busy={waiting}>
            <Figures forecast={forecast} now={same ? undefined : now.data} />
            {forecast.note && <p className={classes.warn}>{forecast.note}</p>}
            <Notes forecast={forecast} />
          </div>
        )}
      </Loaded>
      {manages && (
        <div className={classes.buttons}>
          <Button
            disabled={same || waiting || proposed.isError}
            loading={change.isPending}
            onClick={() => void apply()}
          >
            {t.applyRule}
          </Button>
          {!same && (
            <Button variant="default" onClick={() => setRule(present)}>
              {t.reset}
            </Button>
          )}
        </div>
      )}
    </Section>
  );
}

interface SlidersProps {
  rule: Rule;
  present: Rule;
  onChange: (rule: Rule) => void;
}

function Sliders({ rule, present, onChange }: SlidersProps) {
  const t = useMessages(messages);
  const top = topOf(present);
  return (
    <div className={classes.sliders}>
      <Slider
        label={t.goal}
        value={Math.round(rule.confidence * 1000) / 10}
        shown={formatPercent(rule.confidence)}
        min={50}
        max={100}
        step={0.5}
        onChange={(percent) => onChange(moved(rule, { confidence: percent / 100 }))}
      />
      <Slider
        label={t.least}
        value={rule.min_votes}
        shown={formatNumber(rule.min_votes)}
        min={1}
        max={top}
        onChange={(min_votes) => onChange(moved(rule, { min_votes }))}
      />
      <Slider
        label={t.most}
        value={rule.max_votes}
        shown={formatNumber(rule.max_votes)}
        min={1}
        max={top}
        onChange={(max_votes) => onChange(moved(rule, { max_votes }))}
      />
    </div>
  );
}

interface SliderProps {
  label: string;
  value: number;
  shown: string;
  min: number;
  max: number;
  step?: number;
  onChange: (value: number) => void;
}

function Slider({ label, value, shown, min, max, step = 1, onChange }: SliderProps) {
  const id = useId();
  return (
    <div className={classes.slider}>
      <label htmlFor={id}>{label}</label>
      <output htmlFor={id}>{shown}</output>
      <input
        id={id}
        type="range"
        min={min}
        max={max}
        step={step}
        value={value}
        aria-valuetext={shown}
        onChange={(event) => onChange(Number(event.currentTarget.value))}
      />
    </div>
  );
}

const decimal = (value: number, digits = 1) =>
  formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits });

function Figures({ forecast, now }: { forecast: RuleForecast; now: RuleForecast | undefined }) {
  const t = useMessages(messages);
  const beside = (show: (of: RuleForecast) => string, otherwise: ReactNode) =>
    now ? t.against(show(now)) : otherwise;
  const hours = (of: RuleForecast) =>
    of.hours_left === null ? "–" : t.hours(decimal(of.hours_left));
  const finish = (of: RuleForecast) => (of.finish_at === null ? "–" : formatDay(of.finish_at));
  return (
    <StatRow>
      <StatTile
        label={t.votesPerItem}
        value={decimal(forecast.votes_per_item, 2)}
        note={beside(
          (of) => decimal(of.votes_per_item, 2),
          forecast.saved < 0.005 ? t.savedNothing : t.savedOf(formatPercent(forecast.saved, 0)),
        )}
      />
      <StatTile
        label={t.votesLeft}
        value={formatNumber(forecast.votes_left)}
        note={beside((of) => formatNumber(of.votes_left), undefined)}
      />
      <StatTile
        label={t.hoursLeft}
        value={hours(forecast)}
        note={beside(hours, t.pace(formatNumber(Math.round(forecast.votes_per_hour))))}
      />
      <StatTile label={t.finish} value={finish(forecast)} note={beside(finish, undefined)} />
      <StatTile
        label={t.disputed}
        value={formatPercent(forecast.disputed)}
        note={beside((of) => formatPercent(of.disputed), t.disputedNote)}
      />
      <StatTile
        label={t.sameLabel}
        value={formatPercent(forecast.same_label)}
        note={t.replayedOn(forecast.replayed)}
      />
    </StatRow>
  );
}

function Notes({ forecast }: { forecast: RuleForecast }) {
  const t = useMessages(messages);
  const foreseen = forecast.replayed > 0 && forecast.most_seen < forecast.max_votes;
  return (
    <>
      {forecast.reason && <p className={classes.note}>{forecast.reason}</p>}
      {foreseen && <p className={classes.note}>{t.foreseen(forecast.most_seen)}</p>}
    </>
  );
}
