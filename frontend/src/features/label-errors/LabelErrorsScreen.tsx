// Labels that are likely wrong, the worst first: look, then send to review or call it right.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { keys } from "@/api/query";
import { useUser } from "@/api/session";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { notify, notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Banner, Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import classes from "./LabelErrors.module.css";
import { messages } from "./messages";
import {
  type LabelError,
  type LabelErrorsReport,
  useJudge,
  useLabelErrors,
  useLabelErrorsReport,
  useSearch,
} from "./requests";

export function LabelErrorsScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  if (!project.data || roleIn(project.data, user) === "labeler") {
    return (
      <Page title={t.title}>
        <Loaded query={project}>{() => <Empty icon="warning" title={t.onlyLeads} />}</Loaded>
      </Page>
    );
  }
  return <Queue project={project.data.id} />;
}

function Queue({ project }: { project: number }) {
  const t = useMessages(messages);
  const report = useLabelErrorsReport(project);
  const madeAt = report.data?.made_at;
  useFreshQueue(project, madeAt);
  return (
    <Page
      title={t.title}
      description={madeAt ? t.asOf(formatDate(madeAt), report.data?.judged ?? 0) : t.description}
      actions={madeAt && <Search project={project} report={report.data} label={t.again} quiet />}
    >
      <Loaded query={report}>
        {(data) =>
          data.made_at === null ? (
            <Empty
              icon="search"
              title={t.notYet}
              action={<Search project={project} report={data} label={t.search} />}
            >
              {t.notYetText}
            </Empty>
          ) : (
            <>
              <Runs report={data} />
              <List project={project} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function useFreshQueue(project: number, madeAt: string | null | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (madeAt) void queries.invalidateQueries({ queryKey: keys.labelErrors(project) });
  }, [queries, project, madeAt]);
}

interface SearchProps {
  project: number;
  report: LabelErrorsReport | undefined;
  label: string;
  quiet?: boolean;
}

function Search({ project, report, label, quiet }: SearchProps) {
  const search = useSearch(project);
  return (
    <Button
      variant={quiet ? "default" : "filled"}
      leftSection={<Icon name={quiet ? "refresh" : "search"} />}
      loading={search.isPending || report?.searching}
      onClick={() => search.mutate(undefined, { onError: notifyProblem })}
    >
      {label}
    </Button>
  );
}

function Runs({ report }: { report: LabelErrorsReport }) {
  const t = useMessages(messages);
  if (report.runs.length === 0) return null;
  return (
    <div className={classes.runs}>
      <Banner tone="warn">
        <strong>{t.runs}</strong>
        <ul>
          {report.runs.slice(0, 8).map((run) => (
            <li key={run.first}>
              {t.run(run.first_filename, run.last_filename, run.suspicious, run.items)}
              {run.shift !== 0 && `; ${t.slip(run.shift)}`}
            </li>
          ))}
        </ul>
        {t.runHint}
      </Banner>
    </div>
  );
}

function List({ project }: { project: number }) {
  const t = useMessages(messages);
  const pages = useLabelErrors(project);
  const columns: Column<LabelError>[] = [
    {
      key: "image",
      title: "",
      render: ({ item }) => (
        <a
          href={item.image_url}
          target="_blank"
          rel="noreferrer"
          aria-label={t.imageOf(item.filename)}
        >
          <img className={classes.picture} src={item.thumb_url} alt="" loading="lazy" />
        </a>
      ),
    },
    {
      key: "label",
      title: t.label,
      render: ({ label, adjudicated }) => (
        <span className={classes.label}>
          {label}
          {adjudicated && <Tag>{t.decided}</Tag>}
        </span>
      ),
    },
    {
      key: "suggested",
      title: t.suggested,
      render: ({ suggested }) => <span className={classes.label}>{suggested}</span>,
    },
    {
      key: "score",
      title: t.doubt,
      align: "end",
      wideOnly: true, // the order tells it too
      render: ({ score }) => formatPercent(score, 0),
    },
    { key: "why", title: t.why, wideOnly: true, render: (error) => <Why error={error} /> },
    {
      key: "do",
      title: "",
      actions: true,
      align: "end",
      render: (error) => <Judge error={error} project={project} />,
    },
  ];
  return (
    <DataTable
      label={t.title}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      empty={
        <Empty icon="check" title={t.none}>
          {t.noneText}
        </Empty>
      }
    />
  );
}

const SHARES = ["model", "neighbours", "voters"] as const;

/** The doubt of each witness; for a text how well it fits, in standard deviations. */
function Why({ error }: { error: LabelError }) {
  const t = useMessages(messages);
  const { fit } = error.parts;
  const parts = SHARES.flatMap((name) => {
    const doubt = error.parts[name];
    return doubt === undefined ? [] : [`${t[`part_${name}`]} ${formatPercent(doubt, 0)}`];
  });
  if (fit !== undefined) {
    parts.push(`${t.part_fit} ${formatNumber(fit, { maximumFractionDigits: 1 })}`);
  }
  return <span className={classes.why}>{parts.join(" · ")}</span>;
}

function Judge({ error, project }: { error: LabelError; project: number }) {
  const t = useMessages(messages);
  const judge = useJudge(project);
  const say = (right: boolean) =>
    judge.mutate(
      { id: error.id, right },
      { onError: notifyProblem, onSuccess: () => !right && notify(t.sent) },
    );
  return (
    <span className={classes.buttons}>
      <Button size="xs" loading={judge.isPending} onClick={() => say(false)}>
        {t.review}
      </Button>
      <Button size="xs" variant="default" disabled={judge.isPending} onClick={() => say(true)}>
        {t.right}
      </Button>
    </span>
  );
}
