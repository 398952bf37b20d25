// What stands beside the image: why this item, the guidelines, progress, a setting.
import { lazy, memo, Suspense } from "react";
import { Link } from "react-router";
import type { Project } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import type { TaskType } from "@/task-types/base";
import { Markdown } from "@/ui/Markdown";
import { Meter } from "@/ui/Tag";
import type { LabelLoop } from "./loop";
import { messages } from "./messages";
import classes from "./SidePanel.module.css";
import type { LabelSettings } from "./settings";

const LabelGuide = lazy(async () => ({ default: (await import("./LabelGuide")).LabelGuide }));
const OfflineSection = lazy(async () => ({
  default: (await import("./offline/OfflineSection")).OfflineSection,
}));

interface SidePanelProps {
  project: Project;
  type: TaskType;
  loop: LabelLoop;
  reason: string | null;
  answered: number;
  pace: number | null;
  settings: LabelSettings;
  onSettings: (settings: LabelSettings) => void;
}

export const SidePanel = memo(function SidePanel(props: SidePanelProps) {
  const { project, loop, reason, answered, pace } = props;
  const t = useMessages(messages);
  return (
    <div className={classes.panel}>
      <section className={classes.block}>
        <h2 className={classes.heading}>{t.why}</h2>
        <p data-testid="reason">{reason ?? "–"}</p>
      </section>
      <Guidelines text={project.guidelines} />
      <Suspense>
        <LabelGuide project={project.id} schema={project.schema.document} />
      </Suspense>
      <section className={classes.block}>
        <div className={classes.headed}>
          <h2 className={classes.heading}>{t.progress}</h2>
          <Link className={classes.more} to={`/projects/${project.id}/my-figures`}>
            {t.myWork}
          </Link>
        </div>
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
      <Suspense>
        <OfflineSection project={project.id} loop={loop} />
      </Suspense>
      <Settings {...props} />
    </div>
  );
});

/** Only what changes something for this kind of question. */
function Settings({ type, settings, onSettings }: SidePanelProps) {
  const t = useMessages(messages);
  // Kinds that show the item in their own way have their own view of it.
  const plain = type.Answer !== undefined;
  if (!type.oneKey && !plain) return null;
  return (
    <section className={classes.block}>
      <h2 className={classes.heading}>{t.settings}</h2>
      {type.oneKey && (
        <Setting
          name={t.submitAtOnce}
          hint={t.submitAtOnceHint}
          on={settings.submitAtOnce}
          onChange={(submitAtOnce) => onSettings({ ...settings, submitAtOnce })}
        />
      )}
      {plain && (
        <Setting
          name={t.smooth}
          hint={t.smoothHint}
          on={settings.smooth}
          onChange={(smooth) => onSettings({ ...settings, smooth })}
        />
      )}
    </section>
  );
}

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
