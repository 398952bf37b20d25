// What was exported so far: files to download, with what they hold and their checksum.
import { ActionIcon, Button } from "@mantine/core";
import type { Export } from "@/api/types";
import { formatBytes, formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { Checksum } from "@/ui/Checksum";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Empty } from "@/ui/states";
import { Meter, Tag } from "@/ui/Tag";
import classes from "./ExportList.module.css";
import { messages } from "./messages";
import { onItsWay, useCancelExport, useDeleteExport, useExports } from "./requests";

export function ExportList({ project }: { project: number }) {
  const t = useMessages(messages);
  const pages = useExports(project);
  const columns: Column<Export>[] = [
    { key: "file", title: t.file, render: (made) => <File made={made} /> },
    {
      key: "filters",
      title: t.filters,
      wideOnly: true,
      render: ({ filters, release_label }) => (
        <span className={classes.quiet}>{release_label ?? filterText(filters, t)}</span>
      ),
    },
    {
      key: "rows",
      title: t.rowsColumn,
      align: "end",
      render: ({ rows }) => (rows === null ? "" : formatNumber(rows)),
    },
    {
      key: "size",
      title: t.size,
      align: "end",
      wideOnly: true,
      render: ({ byte_size }) => (byte_size === null ? "" : formatBytes(byte_size)),
    },
    {
      key: "sha256",
      title: t.checksum,
      wideOnly: true,
      render: ({ sha256 }) => sha256 && <Checksum sha256={sha256} />,
    },
    {
      key: "when",
      title: t.when,
      align: "end",
      wideOnly: true,
      render: ({ created_at }) => (
        <span className={classes.quiet}>{formatRelative(created_at)}</span>
      ),
    },
    {
      key: "actions",
      title: "",
      align: "end",
      width: 160,
      render: (made) => <Actions made={made} project={project} />,
    },
  ];
  return (
    <section>
      <h2 className={classes.heading}>{t.list}</h2>
      <DataTable
        label={t.list}
        columns={columns}
        rowKey={({ id }) => id}
        pages={pages}
        empty={
          <Empty icon="export" title={t.empty}>
            {t.emptyText}
          </Empty>
        }
      />
    </section>
  );
}

function filterText(filters: Export["filters"], t: typeof messages.english): string {
  const parts = Object.entries(filters).map(
    ([name, value]) => `${name} ${typeof value === "number" ? formatNumber(value) : String(value)}`,
  );
  return parts.length === 0 ? t.noFilters : parts.join(", ");
}

function File({ made }: { made: Export }) {
  const t = useMessages(messages);
  const content = t[`content_${made.content as "consensus"}`] ?? made.content;
  const format = t[`format_${made.format as "csv"}`] ?? made.format;
  return (
    <span className={classes.file}>
      <strong>{content}</strong> <span className={classes.quiet}>{format}</span>
    </span>
  );
}

function Actions({ made, project }: { made: Export; project: number }) {
  const t = useMessages(messages);
  const remove = useDeleteExport(project);
  const ask = async () => {
    const sure = await confirm({
      title: t.deleteTitle,
      body: t.deleteText,
      action: t.delete,
      danger: true,
    });
    if (sure) remove.mutate(made.id, { onError: notifyProblem });
  };
  return (
    <span className={classes.actions}>
      {made.download_url ? (
        <Button
          component="a"
          href={made.download_url}
          download={made.filename || undefined}
          size="compact-sm"
          variant="default"
        >
          {t.download}
        </Button>
      ) : (
        <State made={made} />
      )}
      {onItsWay(made) && made.job ? (
        <Cancel job={made.job.id} project={project} />
      ) : (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.delete}
          title={t.delete}
          onClick={() => void ask()}
        >
          <Icon name="trash" />
        </ActionIcon>
      )}
    </span>
  );
}

function Cancel({ job, project }: { job: number; project: number }) {
  const t = useMessages(messages);
  const cancel = useCancelExport(project);
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t.cancel}
      title={t.cancel}
      loading={cancel.isPending}
      onClick={() => cancel.mutate(job, { onError: notifyProblem })}
    >
      <Icon name="close" />
    </ActionIcon>
  );
}

function State({ made }: { made: Export }) {
  const t = useMessages(messages);
  const job = made.job;
  if (made.withdrawn_at !== null) {
    return (
      <span title={t.withdrawnText}>
        <Tag>{t.withdrawn}</Tag>
      </span>
    );
  }
  if (job?.state === "failed") {
    return (
      <span title={job.error?.detail}>
        <Tag tone="error">{t.state_failed}</Tag>
      </span>
    );
  }
  if (job?.state === "running") {
    return (
      <span className={classes.meter}>
        <Meter label={t.progress} value={job.progress} of={1} />
      </span>
    );
  }
  return <Tag>{t[`state_${job?.state ?? "pending"}`]}</Tag>;
}
