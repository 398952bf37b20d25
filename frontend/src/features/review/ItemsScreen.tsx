// Every item of the project with what it is taken to show; filters lie in the address.
import { Button, Checkbox, NativeSelect } from "@mantine/core";
import "@mantine/core/styles/Checkbox.css";
import { type ReactNode, useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { choiceDocument, useProject, useProjectId } from "@/api/project";
import { type TaskFilters, useTasks } from "@/api/tasks";
import type { ChoiceDocument, Project, Task } from "@/api/types";
import { useCommands } from "@/commands/useCommands";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { LabelName, titleOf } from "@/ui/LabelName";
import { Page } from "@/ui/Page";
import { Picture } from "@/ui/Picture";
import { Empty, Loaded } from "@/ui/states";
import { CONFIDENCES, type Confidence, filtersOf } from "./filters";
import classes from "./ItemsScreen.module.css";
import { messages } from "./messages";
import { StatusTag } from "./StatusTag";
import { TaskPanel } from "./TaskPanel";

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
  return <Items project={project.data} />;
}

function useSearch() {
  const [search, setSearch] = useSearchParams();
  const set = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return { search, set, clear: () => setSearch({}, { replace: true }) };
}

function Items({ project }: { project: Project }) {
  const t = useMessages(messages);
  const document = choiceDocument(project);
  const { search, set } = useSearch();
  const filters = useMemo(() => filtersOf(search), [search]);
  const pages = useTasks(project.id, filters as TaskFilters);
  const columns = useMemo(() => columnsFor(document, t), [document, t]);
  const opened = search.get("task");
  const steps = useSteps(pages.rows, opened, (id) => set("task", id));
  // Beside an open item there is no room for all.
  const few = columns.filter(({ key }) => key !== "file" && key !== "model");
  return (
    <Page
      title={t.itemsTitle}
      actions={
        <Button component={Link} to={`/projects/${project.id}/export`} variant="default">
          {t.exportThese}
        </Button>
      }
      toolbar={<Toolbar document={document} />}
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
          empty={<NoItems filtered={Object.keys(filters).some((name) => name !== "ordering")} />}
        />
        {opened !== null && (
          <TaskPanel id={Number(opened)} project={project.id} document={document} {...steps} />
        )}
      </div>
    </Page>
  );
}

function NoItems({ filtered }: { filtered: boolean }) {
  const t = useMessages(messages);
  const { clear } = useSearch();
  if (!filtered) return <Empty title={t.noTasks}>{t.noTasksText}</Empty>;
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

function columnsFor(document: ChoiceDocument, t: typeof messages.english): Column<Task>[] {
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
        consensus ? <LabelName document={document} name={consensus.label} /> : <None />,
    },
    {
      key: "confidence",
      title: t.confidence,
      sort: "confidence",
      width: 168,
      render: ({ consensus }) => (consensus ? <Sureness value={consensus.confidence} /> : <None />),
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
      wideOnly: true,
      render: ({ score }) =>
        score ? (
          <span className={classes.model}>
            {titleOf(document, score.predicted)}{" "}
            <span className={classes.quiet}>{formatPercent(score.probability, 0)}</span>
          </span>
        ) : (
          <None />
        ),
    },
    {
      key: "file",
      title: t.file,
      wideOnly: true,
      render: (task) => <FileCell task={task} />,
    },
  ];
}

function None() {
  return <span className={classes.quiet}>–</span>;
}

function Thumb({ task }: { task: Task }) {
  const t = useMessages(messages);
  const { set } = useSearch();
  const { item } = task;
  return (
    <button
      type="button"
      className={classes.thumb}
      aria-label={t.openTask(item.filename)}
      onClick={() => set("task", String(task.id))}
    >
      <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
    </button>
  );
}

function FileCell({ task }: { task: Task }): ReactNode {
  const t = useMessages(messages);
  return (
    <span className={classes.file}>
      {task.item.filename}
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

const STATUSES = ["open", "settled", "disputed"] as const;
const ARMS = ["active", "random"] as const;

function Toolbar({ document }: { document: ChoiceDocument }) {
  const t = useMessages(messages);
  const { search, set } = useSearch();
  const select = (name: string, label: string, options: { value: string; label: string }[]) => (
    <NativeSelect
      className={classes[name]}
      aria-label={label}
      value={search.get(name) ?? ""}
      onChange={(event) => set(name, event.currentTarget.value)}
      data={options}
    />
  );
  return (
    <>
      {select("status", t.status, [
        { value: "", label: t.status_any },
        ...STATUSES.map((value) => ({ value, label: t[`status_${value}`] })),
      ])}
      {select("label", t.label, [
        { value: "", label: t.anyLabel },
        ...document.labels.map(({ name, title }) => ({ value: name, label: title || name })),
      ])}
      {select("confidence", t.confidence, [
        { value: "", label: t.confidence_any },
        ...(Object.keys(CONFIDENCES) as Confidence[]).map((value) => ({
          value,
          label: t[`confidence_${value}`],
        })),
      ])}
      {select("arm", t.arm, [
        { value: "", label: t.arm_any },
        ...ARMS.map((value) => ({ value, label: t[`arm_${value}`] })),
      ])}
      <Checkbox
        label={t.flagged}
        checked={search.get("flagged") === "1"}
        onChange={(event) => set("flagged", event.currentTarget.checked ? "1" : "")}
      />
    </>
  );
}
