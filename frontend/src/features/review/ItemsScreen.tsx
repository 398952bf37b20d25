// Every item of the project with what it is taken to show; filters lie in the address.
import { Button } from "@mantine/core";
import { type ReactNode, Suspense, useMemo, useState } from "react";
import { Link } from "react-router";
import { useDataset } from "@/api/datasets";
import { choiceDocument, useProject, useProjectId } from "@/api/project";
import { type TaskFilters, useTasks } from "@/api/tasks";
import type { Project, Task } from "@/api/types";
import { useCommands } from "@/commands/useCommands";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { useTaskType } from "@/task-types";
import { type Column, DataTable } from "@/ui/DataTable";
import { filesOf } from "@/ui/ItemStage";
import { Icon } from "@/ui/icons";
import { titleOf } from "@/ui/LabelName";
import { Page } from "@/ui/Page";
import { Picture } from "@/ui/Picture";
import { Empty, Loaded, Loading } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { AnswerView, type Asked } from "./AnswerView";
import { useTaskCount } from "./browse";
import { messages as browseMessages } from "./browseMessages";
import { Filters, useSearch } from "./Filters";
import { filtersOf, type Query, queryOf } from "./filters";
import classes from "./ItemsScreen.module.css";
import { messages } from "./messages";
import { StatusTag } from "./StatusTag";
import { TagDialog } from "./TagDialog";
import { TaskPanel } from "./TaskPanel";
import { Views } from "./Views";

export function ItemsScreen() {
  const t = useMessages(messages);
  const project = useProject(useProjectId());
  if (!project.data) {
    return (
      <Page title={t.itemsTitle}>
        <Loaded query={project}>{() => null}</Loaded>
      </Page>
    );
  }
  return (
    <Suspense fallback={<Page title={t.itemsTitle}>{<Loading />}</Page>}>
      <Items project={project.data} />
    </Suspense>
  );
}

/** Columns for which there is room only while no item is open. */
const IN_FULL: readonly string[] = ["file", "model", "tags", "agreement"];

function Items({ project }: { project: Project }) {
  const t = useMessages(messages);
  const b = useMessages(browseMessages);
  const document = useMemo(() => choiceDocument(project), [project]);
  const { search, set } = useSearch();
  const query = useMemo(() => queryOf(search), [search]);
  const filters = useMemo(() => filtersOf(search), [search]);
  const pages = useTasks(project.id, query as TaskFilters);
  const type = useTaskType(project.task_type);
  const asked = useMemo(() => ({ project, type, document }), [project, type, document]);
  const columns = useMemo(() => columnsFor(asked, t, b), [asked, t, b]);
  const opened = search.get("task");
  const steps = useSteps(pages.rows, opened, (id) => set("task", id));
  // Beside an open item there is no room for all.
  const few = columns.filter(({ key }) => IN_FULL.includes(key) === false);
  return (
    <Page
      title={t.itemsTitle}
      description={<Count project={project.id} filters={filters} />}
      actions={
        <>
          <Views project={project.id} />
          <TagThese project={project} filters={filters} />
          <TakeThese project={project} filters={filters} />
          <Button component={Link} to={exportOf(project, filters)} variant="default">
            {t.exportThese}
          </Button>
        </>
      }
      toolbar={<Filters asked={asked} />}
    >
      <div className={classes.columns} data-open={opened !== null || undefined}>
        <DataTable
          label={t.itemsTitle}
          columns={opened === null ? columns : few}
          rowKey={(task) => task.id}
          rowState={(task) => (String(task.id) === opened ? "current" : undefined)}
          pages={pages}
          onRowClick={(task) => set("task", String(task.id))}
          ordering={search.get("ordering") ?? "id"}
          onOrdering={(ordering) => set("ordering", ordering === "id" ? "" : ordering)}
          empty={
            <NoItems filtered={Object.keys(filters).length > 0} dataset={project.dataset.id} />
          }
        />
        {opened !== null && <TaskPanel id={Number(opened)} asked={asked} {...steps} />}
      </div>
    </Page>
  );
}

/** The export page with just what is shown here: without a status, items of any. */
function exportOf({ id }: Project, filters: Query): string {
  const asked = new URLSearchParams({ status: "all", ...filters });
  return Object.keys(filters).length > 0
    ? `/projects/${id}/export?${asked}`
    : `/projects/${id}/export`;
}

/** How many items there are: exactly, as long as counting them is quick. */
function useCountInWords(project: number, filters: Query) {
  const t = useMessages(browseMessages);
  const { data } = useTaskCount(project, filters);
  if (!data) return null;
  const { count, exact } = data;
  const words = exact ? t.countExact(count) : t.countAbout(formatNumber(rounded(count)));
  return { words, expected: exact ? count : undefined };
}

/** An estimate is no more exact than its first two figures. */
function rounded(count: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.round(count / step) * step;
}

function Count({ project, filters }: { project: number; filters: Query }) {
  return <span aria-live="polite">{useCountInWords(project, filters)?.words ?? "…"}</span>;
}

/** To the page on which what is shown here goes for good. */
function TakeThese({ project, filters }: { project: Project; filters: Query }) {
  const t = useMessages(browseMessages);
  const dataset = useDataset(project.dataset.id).data;
  if (!dataset?.may_change || Object.keys(filters).length === 0) return null;
  const asked = new URLSearchParams({ ...filters, project: String(project.id) });
  return (
    <Button
      component={Link}
      to={`/datasets/${project.dataset.id}/takedowns?${asked}`}
      variant="default"
    >
      {t.takeDown}
    </Button>
  );
}

/** For whoever may change the dataset. */
function TagThese({ project, filters }: { project: Project; filters: Query }) {
  const t = useMessages(browseMessages);
  const [open, setOpen] = useState(false);
  const count = useCountInWords(project.id, filters);
  const dataset = useDataset(project.dataset.id).data;
  if (!dataset?.may_change || !count) return null;
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t.editTags}
      </Button>
      {open && (
        <TagDialog
          project={project.id}
          dataset={project.dataset.id}
          filters={filters}
          items={count.words}
          expected={count.expected}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

function NoItems({ filtered, dataset }: { filtered: boolean; dataset: number }) {
  const t = useMessages(messages);
  const { clear } = useSearch();
  if (!filtered) {
    const action = (
      <Button component={Link} to={`/datasets/${dataset}`} variant="default">
        {t.toDataset}
      </Button>
    );
    return (
      <Empty title={t.noTasks} action={action}>
        {t.noTasksText}
      </Empty>
    );
  }
  return (
    <Empty
      icon="search"
      title={t.noMatch}
      action={
        <Button variant="default" onClick={clear}>
          {t.clearFilters}
        </Button>
      }
    />
  );
}

/** From the open item to its neighbours in the table, and out of it, also by key. */
function useSteps(rows: readonly Task[], opened: string | null, open: (id: string) => void) {
  const t = useMessages(messages);
  const place = rows.findIndex((task) => String(task.id) === opened);
  const step = (by: number) => {
    const row = place < 0 ? undefined : rows[place + by];
    return row ? () => open(String(row.id)) : null;
  };
  const steps = { previous: step(-1), next: step(1), onClose: () => open("") };
  useCommands([
    stepCommand("items.next", t.next, "ArrowDown", steps.next),
    stepCommand("items.previous", t.previous, "ArrowUp", steps.previous),
    stepCommand("items.close", t.close, "Escape", opened === null ? null : steps.onClose),
  ]);
  return steps;
}

function stepCommand(id: string, label: string, key: string, run: (() => void) | null) {
  return {
    id,
    label,
    keys: [key],
    scope: "screen" as const,
    repeat: true,
    enabled: () => run !== null,
    run: () => run?.(),
  };
}

function columnsFor(
  asked: Asked,
  t: typeof messages.english,
  b: typeof browseMessages.english,
): Column<Task>[] {
  return [
    {
      key: "image",
      title: <span className="lh-hidden">{t.image}</span>,
      width: 60,
      render: (task) => <Thumb task={task} />,
    },
    { key: "status", title: t.status, width: 96, render: (task) => <StatusTag task={task} /> },
    {
      key: "consensus",
      title: t.consensus,
      render: ({ consensus }) =>
        consensus?.answer ? (
          <span className={classes.answer}>
            <AnswerView {...asked} answer={consensus.answer} />
          </span>
        ) : (
          <None />
        ),
    },
    {
      key: "confidence",
      title: t.confidence,
      sort: "confidence",
      width: 168,
      render: ({ consensus }) => (consensus ? <Sureness value={consensus.confidence} /> : <None />),
    },
    {
      key: "agreement",
      title: b.agreement,
      sort: "agreement",
      align: "end",
      width: 96,
      wideOnly: true,
      render: ({ agreement }) => (agreement === null ? <None /> : formatPercent(agreement, 0)),
    },
    {
      key: "votes",
      title: t.votesColumn,
      sort: "votes",
      align: "end",
      width: 72,
      render: ({ votes }) => formatNumber(votes),
    },
    {
      key: "model",
      title: t.modelSays,
      sort: "uncertainty",
      wideOnly: true,
      render: ({ score }) =>
        score ? (
          <span className={classes.model}>
            {titleOf(asked.document, score.predicted)}{" "}
            <span className={classes.quiet}>{formatPercent(score.probability, 0)}</span>
          </span>
        ) : (
          <None />
        ),
    },
    {
      key: "file",
      title: t.file,
      sort: "file",
      wideOnly: true,
      render: (task) => <FileCell task={task} />,
    },
    { key: "tags", title: b.tags, wideOnly: true, render: ({ tags }) => <Tags names={tags} /> },
  ];
}

function Tags({ names }: { names: readonly string[] }) {
  return (
    <span className={classes.tags}>
      {names.map((name) => (
        <Tag key={name}>{name}</Tag>
      ))}
    </span>
  );
}

function None() {
  return <span className={classes.quiet}>–</span>;
}

function Thumb({ task }: { task: Task }) {
  const t = useMessages(messages);
  const { set } = useSearch();
  const { item, other_item: other } = task;
  return (
    <button
      type="button"
      className={classes.thumb}
      data-two={other !== null || undefined}
      aria-label={t.openTask(filesOf(task))}
      onClick={() => set("task", String(task.id))}
    >
      <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
      {other && <Picture src={other.thumb_url} alt="" width={other.width} height={other.height} />}
    </button>
  );
}

function FileCell({ task }: { task: Task }): ReactNode {
  const t = useMessages(messages);
  return (
    <span className={classes.file}>
      {filesOf(task)}
      {task.flags > 0 && (
        <span className={classes.flag} title={t.flags(task.flags)}>
          <Icon name="flag" size={14} />
          <span className="lh-hidden">{t.flags(task.flags)}</span>
        </span>
      )}
    </span>
  );
}

function Sureness({ value }: { value: number }) {
  return (
    <span className={classes.sure}>
      <span className={classes.bar} aria-hidden="true">
        <span style={{ width: `${value * 100}%` }} />
      </span>
      {formatPercent(value)}
    </span>
  );
}
