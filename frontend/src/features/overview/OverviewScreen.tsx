// Where a project stands: figures that move while one watches.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useDrifts } from "@/api/drifts";
import { choiceDocument, roleIn, useProject, useProjectId } from "@/api/project";
import { useReport } from "@/api/report";
import { useUser } from "@/api/session";
import type { Project, Report } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { DriftBanner } from "@/ui/DriftBanner";
import { Markdown } from "@/ui/Markdown";
import { Page, Section } from "@/ui/Page";
import { Banner, Loaded } from "@/ui/states";
import { CurveSection } from "./CurveSection";
import { DistributionSection } from "./DistributionSection";
import { Headline } from "./Headline";
import { LabelersSection } from "./LabelersSection";
import { messages } from "./messages";
import classes from "./OverviewScreen.module.css";
import { ProgressSection } from "./ProgressSection";

export function OverviewScreen() {
  const id = useProjectId();
  const project = useProject(id);
  const report = useReport(id);
  if (!project.data) {
    return (
      <Page title="">
        <Loaded query={project}>{() => null}</Loaded>
      </Page>
    );
  }
  return (
    <Page
      title={project.data.question}
      description={<Origin project={project.data} />}
      actions={<LabelButton project={project.data} report={report.data} />}
    >
      <StateBanner project={project.data} />
      <DriftAlarm project={project.data} />
      <NothingAsked project={project.data} report={report.data} />
      <Loaded query={report}>{(data) => <Figures project={project.data} report={data} />}</Loaded>
    </Page>
  );
}

function Origin({ project }: { project: Project }) {
  const seesItems = useLeads(project);
  if (!seesItems) return <>{project.dataset.name}</>;
  return <Link to={`/datasets/${project.dataset.id}`}>{project.dataset.name}</Link>;
}

function useLeads(project: Project): boolean {
  const role = roleIn(project, useUser());
  return role === "manager" || role === "reviewer";
}

function LabelButton({ project, report }: { project: Project; report: Report | undefined }) {
  const t = useMessages(messages);
  const open = report?.progress.open ?? project.progress.open;
  if (project.state !== "active" || open === 0) return null;
  return (
    <Button component={Link} to={`/projects/${project.id}/label`}>
      {t.label}
    </Button>
  );
}

function StateBanner({ project }: { project: Project }) {
  const t = useMessages(messages);
  const manages = roleIn(project, useUser()) === "manager";
  if (project.state === "active") return null;
  return (
    <div className={classes.banner}>
      <Banner
        tone="info"
        action={
          manages ? <Link to={`/projects/${project.id}/settings`}>{t.toSettings}</Link> : undefined
        }
      >
        {t[project.state]}
      </Banner>
    </div>
  );
}

/** The way on while a project has no items: its dataset has none, or no pairs are chosen. */
function NothingAsked({ project, report }: { project: Project; report: Report | undefined }) {
  const t = useMessages(messages);
  const leads = useLeads(project);
  const manages = roleIn(project, useUser()) === "manager";
  if (project.state !== "active" || report?.progress.tasks !== 0) return null;
  const pairs = project.task_type === "pair";
  const way = pairs
    ? manages && <Link to={`/projects/${project.id}/settings#pairs`}>{t.choosePairs}</Link>
    : leads && <Link to={`/datasets/${project.dataset.id}`}>{t.addImages}</Link>;
  return (
    <div className={classes.banner}>
      <Banner tone="info" action={way}>
        {pairs ? t.noPairs : t.noItems}
      </Banner>
    </div>
  );
}

function DriftAlarm({ project }: { project: Project }) {
  const leads = useLeads(project);
  const drifts = useDrifts(project.dataset.id, leads && project.task_type === "choice");
  const own = drifts.data?.filter((drift) => drift.project === project.id);
  return <DriftBanner drifts={own} />;
}

function Figures({ project, report }: { project: Project; report: Report }) {
  const t = useMessages(messages);
  const leads = useLeads(project);
  const document = choiceDocument(project);
  return (
    <>
      <Headline project={project} report={report} leads={leads} />
      {leads && (
        <div className={classes.columns}>
          <CurveSection report={report} />
          <ProgressSection report={report} />
        </div>
      )}
      {leads && (
        <div className={classes.columns}>
          <LabelersSection project={project} report={report} />
          <DistributionSection report={report} document={document} />
        </div>
      )}
      {!leads && (
        <div className={classes.columns}>
          <Section title={t.guidelines}>
            {project.guidelines === "" ? (
              <p className={classes.none}>{t.noGuidelines}</p>
            ) : (
              <Markdown text={project.guidelines} />
            )}
          </Section>
          <ProgressSection report={report} />
        </div>
      )}
    </>
  );
}
