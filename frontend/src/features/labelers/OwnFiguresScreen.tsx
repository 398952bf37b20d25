// A labeler's own work, and what the votes say of it where the project shows that.
import { useProjectId } from "@/api/project";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Page, Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Loaded } from "@/ui/states";
import { BiasSection } from "./BiasSection";
import { rangeOf } from "./LabelerScreen";
import classes from "./Labelers.module.css";
import { messages } from "./messages";
import { type OwnFigures, useMyWork, useOwnFigures } from "./requests";
import { WeeksSection } from "./WeeksSection";
import { WorkSection } from "./WorkSection";
import { messages as workMessages } from "./workMessages";

export function OwnFiguresScreen() {
  const t = useMessages(workMessages);
  const project = useProjectId();
  const work = useMyWork(project);
  const own = useOwnFigures(project);
  return (
    <Page title={t.title} description={t.description}>
      <Loaded query={work}>{(data) => <WorkSection project={project} work={data} />}</Loaded>
      {own.error?.code === "figures_hidden" ? (
        <p className={classes.hint}>{t.hidden}</p>
      ) : (
        <Loaded query={own}>{(data) => <Own figures={data} />}</Loaded>
      )}
    </Page>
  );
}

function Own({ figures }: { figures: OwnFigures }) {
  const t = useMessages(messages);
  const { agreement, skill, made_at: made } = figures;
  return (
    <>
      <Section title={t.ownTitle}>
        <p className={classes.lead}>
          {t.ownDescription} {made && t.asOf(formatDate(made), figures.votes)}
        </p>
        <StatRow>
          <StatTile label={t.votes} value={formatNumber(figures.votes)} />
          <StatTile
            label={t.agreement}
            value={formatPercent(agreement?.estimate, 0)}
            note={agreement ? rangeOf(agreement) : t.tooFew(figures.least)}
          />
          <StatTile
            label={t.skill}
            value={formatPercent(skill?.estimate, 0)}
            note={skill ? rangeOf(skill) : undefined}
          />
        </StatRow>
      </Section>
      {figures.votes > 0 && (
        <div className={classes.columns}>
          <WeeksSection weeks={figures.weeks} drift={figures.drift} />
          {figures.confusion !== null && (
            <BiasSection confusion={figures.confusion} labels={figures.labels} />
          )}
        </div>
      )}
    </>
  );
}
