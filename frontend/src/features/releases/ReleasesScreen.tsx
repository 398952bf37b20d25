// Releases of a project: labels frozen under a name and a number, with their cards.
import { ActionIcon, Button } from "@mantine/core";
import { useState } from "react";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import type { Release } from "@/api/types";
import { formatNumber, formatRelative, useMessages } from "@/i18n/messages";
import { Checksum } from "@/ui/Checksum";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Meter, Tag } from "@/ui/Tag";
import { CompareDialog } from "./CompareDialog";
import { messages } from "./messages";
import { NewReleaseDialog } from "./NewReleaseDialog";
import classes from "./Releases.module.css";
import { useReleases, useRemoveRelease } from "./requests";

export function ReleasesScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  if (project.data && roleIn(project.data, user) === "manager") {
    return <Releases project={project.data.id} />;
  }
  return (
    <Page title={t.title}>
      <Loaded query={project}>{() => <Empty icon="box" title={t.onlyManagers} />}</Loaded>
    </Page>
  );
}

function Releases({ project }: { project: number }) {
  const t = useMessages(messages);
  const pages = useReleases(project);
  const [making, setMaking] = useState(false);
  const [compared, setCompared] = useState<{ before: Release; after: Release } | null>(null);
  const before = (made: Release) =>
    pages.rows.find(
      (other) => other.name === made.name && other.number < made.number && other.sha256,
    );
  const open = (
    <Button leftSection={<Icon name="plus" />} onClick={() => setMaking(true)}>
      {t.create}
    </Button>
  );
  const compare = (made: Release) => {
    const last = before(made);
    return last ? () => setCompared({ before: last, after: made }) : undefined;
  };
  return (
    <Page title={t.title} description={t.about} actions={pages.rows.length > 0 && open}>
      <DataTable
        label={t.title}
        columns={columnsOf(t, (made) => (
          <Actions made={made} project={project} onCompare={compare(made)} />
        ))}
        rowKey={({ id }) => id}
        pages={pages}
        empty={
          <Empty icon="box" title={t.empty} action={open}>
            {t.emptyText}
          </Empty>
        }
      />
      {pages.rows.length > 0 && <p className={classes.quiet}>{t.exportHint}</p>}
      {making && (
        <NewReleaseDialog
          project={project}
          lastName={pages.rows[0]?.name ?? ""}
          onClose={() => setMaking(false)}
        />
      )}
      {compared && <CompareDialog {...compared} onClose={() => setCompared(null)} />}
    </Page>
  );
}

type Words = typeof messages.english;

function columnsOf(t: Words, actions: (made: Release) => React.ReactNode): Column<Release>[] {
  return [
    { key: "release", title: t.release, render: (made) => <Name made={made} /> },
    {
      key: "items",
      title: t.items,
      align: "end",
      render: ({ items, taken_down }) => (
        <>
          {items === null ? "" : formatNumber(items)}
          {taken_down.items ? (
            <span className={classes.note}>{t.takenDown(taken_down.items)}</span>
          ) : null}
        </>
      ),
    },
    {
      key: "splits",
      title: t.splits,
      wideOnly: true,
      render: ({ shares, split_by }) => (
        <span className={classes.quiet}>
          {Object.entries(shares)
            .map(([name, share]) => `${name} ${t.percent(Math.round(share * 100))}`)
            .join(", ") || (split_by === "given" ? t.split_given : t.noSplits)}
        </span>
      ),
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
    { key: "actions", title: "", align: "end", render: actions },
  ];
}

function Name({ made }: { made: Release }) {
  return (
    <span className={classes.name}>
      <strong>{made.label}</strong>
      {made.note && <span className={classes.note}>{made.note}</span>}
    </span>
  );
}

interface ActionsProps {
  made: Release;
  project: number;
  onCompare: (() => void) | undefined;
}

function Actions({ made, project, onCompare }: ActionsProps) {
  const t = useMessages(messages);
  if (!made.sha256) return <Unfinished made={made} project={project} />;
  const address = `/api/v1/releases/${made.id}/`;
  return (
    <span className={classes.actions}>
      {onCompare && (
        <Button size="compact-sm" variant="subtle" title={t.changesTitle} onClick={onCompare}>
          {t.changes}
        </Button>
      )}
      <Button
        component="a"
        href={`${address}items/`}
        download
        size="compact-sm"
        variant="subtle"
        title={t.listTitle}
      >
        {t.list}
      </Button>
      <Button
        component="a"
        href={`${address}card.html`}
        target="_blank"
        rel="noreferrer"
        size="compact-sm"
        variant="default"
      >
        {t.card}
      </Button>
    </span>
  );
}

function Unfinished({ made, project }: { made: Release; project: number }) {
  const t = useMessages(messages);
  const remove = useRemoveRelease(project);
  const job = made.job;
  const over = job?.state === "failed" || job?.state === "cancelled";
  if (job?.state === "running") {
    return (
      <span className={classes.meter}>
        <Meter label={t.progress} value={job.progress} of={1} />
      </span>
    );
  }
  return (
    <span className={classes.actions}>
      {job?.state === "failed" && <span className={classes.why}>{job.error?.detail}</span>}
      <Tag tone={job?.state === "failed" ? "error" : undefined}>
        {t[`state_${job?.state ?? "pending"}`]}
      </Tag>
      {over && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.remove}
          title={t.remove}
          onClick={() => remove.mutate(made.id, { onError: notifyProblem })}
        >
          <Icon name="trash" />
        </ActionIcon>
      )}
    </span>
  );
}
