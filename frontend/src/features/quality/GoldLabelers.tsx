// Labelers on gold, with an interval, and what is done about those who are paused.
import { Button } from "@mantine/core";
import { useState } from "react";
import type { Project } from "@/api/types";
import { Interval } from "@/charts/Interval";
import { useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Empty } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { messages } from "./messages";
import { PauseDialog, shownName } from "./PauseDialog";
import classes from "./Quality.module.css";
import { type GoldLabeler, useGoldLabelers } from "./requests";

export function GoldLabelers({ project, manages }: { project: Project; manages: boolean }) {
  const t = useMessages(messages);
  const pages = useGoldLabelers(project.id);
  const [open, setOpen] = useState<number | null>(null);
  const opened = pages.rows.find(({ member }) => member.id === open);
  const columns: Column<GoldLabeler>[] = [
    { key: "name", title: t.name, render: ({ member }) => shownName(member) },
    { key: "right", title: t.onGold, render: (row) => <Right row={row} /> },
    { key: "state", title: t.state, render: (row) => <State row={row} /> },
    {
      key: "more",
      title: "",
      align: "end",
      width: 96,
      actions: true,
      render: ({ member }) =>
        manages && (
          <Button
            size="compact-sm"
            variant={member.pause?.appealed_at && !member.pause.replied_at ? "filled" : "default"}
            onClick={() => setOpen(member.id)}
          >
            {member.pause ? t.look : t.pause}
          </Button>
        ),
    },
  ];
  return (
    <>
      <DataTable
        label={t.labelers}
        columns={columns}
        rowKey={({ member }) => member.id}
        pages={pages}
        empty={<Empty icon="users" title={t.labelersEmpty} />}
      />
      {opened && (
        <PauseDialog project={project.id} member={opened.member} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

function Right({ row }: { row: GoldLabeler }) {
  const t = useMessages(messages);
  if (row.answers === 0) return <span className={classes.quiet}>{t.noAnswers}</span>;
  return (
    <span className={classes.cell}>
      <Interval estimate={row.accuracy} low={row.low} high={row.high} />
      <span className={classes.quiet}>{t.ofAnswers(row.right, row.answers)}</span>
    </span>
  );
}

function State({ row: { member } }: { row: GoldLabeler }) {
  const t = useMessages(messages);
  const waits = member.pause?.appealed_at && !member.pause.replied_at;
  return (
    <span className={classes.cell}>
      {member.pause ? (
        <span title={member.pause.reason}>
          <Tag tone="warn">{t.paused}</Tag>
        </span>
      ) : (
        <span className={classes.quiet}>{t.active}</span>
      )}
      {waits && <Tag tone="accent">{t.appealed}</Tag>}
      {!member.counted && <Tag>{t.leftOut}</Tag>}
    </span>
  );
}
