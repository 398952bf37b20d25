// Images that look like nothing labeled so far: a person says whether they belong.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { keys } from "@/api/query";
import { useUser } from "@/api/session";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Banner, Empty, Loaded } from "@/ui/states";
import classes from "./ForeignScreen.module.css";
import { ImportShares } from "./ImportShares";
import { messages } from "./messages";
import { type ForeignReport, type Lane, useForeignReport, useJudgement } from "./requests";
import { Wall } from "./Wall";

const LANES: readonly Lane[] = ["waiting", "aside", "belongs"];

export function ForeignScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  const refused = (() => {
    if (!project.data) return "";
    if (roleIn(project.data, user) === "labeler") return t.onlyLeads;
    return project.data.task_type === "choice" ? null : t.onlyChoice;
  })();
  if (!project.data || refused !== null) {
    return (
      <Page title={t.title}>
        <Loaded query={project}>{() => <Empty icon="eye" title={refused ?? ""} />}</Loaded>
      </Page>
    );
  }
  return <Lanes project={project.data.id} manages={roleIn(project.data, user) === "manager"} />;
}

function Lanes({ project, manages }: { project: number; manages: boolean }) {
  const t = useMessages(messages);
  const report = useForeignReport(project);
  const data = report.data;
  useFresh(project, data?.made_at);
  const made = data?.made_at;
  return (
    <Page
      title={t.title}
      description={made ? t.asOf(formatDate(made), data.judged, data.references) : t.description}
      actions={
        made && data.mode !== "off" && <Judge project={project} report={data} label={t.again} />
      }
    >
      <Loaded query={report}>
        {(found) =>
          found.made_at === null || found.mode === "off" ? (
            <Nothing project={project} report={found} manages={manages} />
          ) : (
            <Found project={project} report={found} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** The list is asked for anew when a judgement has ended. */
function useFresh(project: number, madeAt: string | null | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (madeAt) void queries.invalidateQueries({ queryKey: keys.foreign(project) });
  }, [queries, project, madeAt]);
}

interface NothingProps {
  project: number;
  report: ForeignReport;
  manages: boolean;
}

function Nothing({ project, report, manages }: NothingProps) {
  const t = useMessages(messages);
  if (report.mode === "off") {
    const link = (
      <Button component={Link} variant="default" to={`/projects/${project}/settings`}>
        {t.toSettings}
      </Button>
    );
    return (
      <Empty icon="eye" title={t.off} action={manages && link}>
        {t.offText}
      </Empty>
    );
  }
  return (
    <Empty
      icon="eye"
      title={t.notYet}
      action={<Judge project={project} report={report} label={t.judge} />}
    >
      {t.notYetText(report.least)}
    </Empty>
  );
}

interface JudgeProps {
  project: number;
  report: ForeignReport;
  label: string;
}

function Judge({ project, report, label }: JudgeProps) {
  const judge = useJudgement(project);
  return (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" />}
      loading={judge.isPending || report.judging}
      onClick={() => judge.mutate(undefined, { onError: notifyProblem })}
    >
      {label}
    </Button>
  );
}

function Found({ project, report }: { project: number; report: ForeignReport }) {
  const t = useMessages(messages);
  const [lane, setLane] = useState<Lane>("waiting");
  const drifting = report.imports.find(({ drifts }) => drifts);
  return (
    <div className={classes.found}>
      {drifting && (
        <Banner tone="warn">
          <strong>{t.drift}</strong>{" "}
          {t.driftText(drifting.flagged, drifting.items, formatPercent(report.own_share, 0))}
        </Banner>
      )}
      <Segmented
        label={t.lane}
        value={lane}
        onChange={setLane}
        options={LANES.map((value) => ({ value, label: t[value](formatNumber(report[value])) }))}
      />
      {lane === "waiting" && report.waiting > 0 && <Hints report={report} />}
      <Wall key={lane} project={project} lane={lane} />
      <ImportShares report={report} />
    </div>
  );
}

function Hints({ report }: { report: ForeignReport }) {
  const t = useMessages(messages);
  const kept = report.mode === "aside" ? t.kept_aside : t.kept_last;
  return (
    <p className={classes.hint}>
      {report.kept_back > 0 && `${kept(report.kept_back)} `}
      {t.clean(formatPercent(report.own_share, 0))}
    </p>
  );
}
