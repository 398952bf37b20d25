// What stands beside the image: why this item, the guidelines, progress, a setting.
import { memo } from "react";
import type { Project } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { Markdown } from "@/ui/Markdown";
import { Meter } from "@/ui/Tag";
import { LabelGuide } from "./LabelGuide";
import { messages } from "./messages";
import classes from "./SidePanel.module.css";
import type { LabelSettings } from "./settings";

interface SidePanelProps {
  project: Project;
  reason: string | null;
  answered: number;
  pace: number | null;
  settings: LabelSettings;
  onSettings: (settings: LabelSettings) => void;
}

export const SidePanel = memo(function SidePanel(props: SidePanelProps) {
  const { project, reason, answered, pace, settings, onSettings } = props;
  const t = useMessages(messages);
  return (
    <div className={classes.panel}>
      <section className={classes.block}>
        <h2 className={classes.heading}>{t.why}</h2>
        <p data-testid="reason">{reason ?? "–"}</p>
      </section>
      <Guidelines text={project.guidelines} />
      <LabelGuide schema={project.schema.document} />
      <section className={classes.block}>
        <h2 className={classes.heading}>{t.progress}</h2>
        <dl className={classes.figures}>
          <Figure name={t.thisVisit} value={formatNumber(answered)} />
          <Figure name={t.pace} value={pace === null ? "–" : formatNumber(pace)} />
          <Figure name={t.votes} value={formatNumber(project.progress.votes)} />
        </dl>
        <div className={classes.settled}>
          <span>{t.settled}</span>
          <span>{t.settledOf(project.progress.settled, project.progress.tasks)}</span>
        </div>
        <Meter
          label={t.settled}
          value={project.progress.settled}
          of={project.progress.tasks}
          tone="ok"
        />
      </section>
      <section className={classes.block}>
        <h2 className={classes.heading}>{t.settings}</h2>
        <Setting
          name={t.submitAtOnce}
          hint={t.submitAtOnceHint}
          on={settings.submitAtOnce}
          onChange={(submitAtOnce) => onSettings({ ...settings, submitAtOnce })}
        />
        <Setting
          name={t.smooth}
          hint={t.smoothHint}
          on={settings.smooth}
          onChange={(smooth) => onSettings({ ...settings, smooth })}
        />
      </section>
    </div>
  );
});

const Guidelines = memo(function Guidelines({ text }: { text: string }) {
  const t = useMessages(messages);
  return (
    <section className={classes.block}>
      <h2 className={classes.heading}>{t.guidelines}</h2>
      {text.trim() ? <Markdown text={text} /> : <p className={classes.muted}>{t.noGuidelines}</p>}
    </section>
  );
});

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div className={classes.figure}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

interface SettingProps {
  name: string;
  hint: string;
  on: boolean;
  onChange: (on: boolean) => void;
}

function Setting({ name, hint, on, onChange }: SettingProps) {
  return (
    <label className={classes.setting}>
      <input
        type="checkbox"
        checked={on}
        onChange={(event) => {
          onChange(event.currentTarget.checked);
          // The keys belong to the screen again.
          event.currentTarget.blur();
        }}
      />
      <span>
        {name}
        <small className={classes.hint}>{hint}</small>
      </span>
    </label>
  );
}
