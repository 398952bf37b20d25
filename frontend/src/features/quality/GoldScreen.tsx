// Gold items, how labelers did on them, and who is paused for it.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import {
  formatNumber,
  formatPercent,
  formatPercentRange,
  formatRelative,
  useMessages,
} from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { notifyProblem } from "@/ui/notify";
import { Picture } from "@/ui/Picture";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { GoldLabelers } from "./GoldLabelers";
import { GoldRules } from "./GoldRules";
import { MakeGoldDialog } from "./MakeGoldDialog";
import { messages } from "./messages";
import classes from "./Quality.module.css";
import { QualityPage } from "./QualityPage";
import { type Gold, type GoldOverview, useGold, useGoldOverview, useRetireGold } from "./requests";

export function GoldScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const [making, setMaking] = useState(false);
  return (
    <QualityPage
      description={t.goldText}
      actions={(project) =>
        roleIn(project, user) === "manager" && (
          <Button onClick={() => setMaking(true)}>{t.makeGold}</Button>
        )
      }
    >
      {(project) => (
        <>
          <Parts project={project} />
          {making && <MakeGoldDialog project={project.id} onClose={() => setMaking(false)} />}
        </>
      )}
    </QualityPage>
  );
}

function Parts({ project }: { project: Project }) {
  const t = useMessages(messages);
  const manages = roleIn(project, useUser()) === "manager";
  const overview = useGoldOverview(project.id);
  return (
    <>
      <Loaded query={overview}>
        {(figures) => <Headline project={project} figures={figures} />}
      </Loaded>
      <h2 className={classes.heading}>{t.labelers}</h2>
      <GoldLabelers project={project} manages={manages} />
      {manages && <GoldRules key={project.id} project={project} />}
      <h2 className={classes.heading}>{t.gold}</h2>
      <GoldList project={project} manages={manages} />
    </>
  );
}

function Headline({ project, figures }: { project: Project; figures: GoldOverview }) {
  const t = useMessages(messages);
  const { low, high } = figures;
  return (
    <StatRow>
      <StatTile label={t.goldInUse} value={formatNumber(figures.in_use)} />
      <StatTile label={t.goldAnswers} value={formatNumber(figures.answers)} />
      <StatTile
        label={t.goldRight}
        value={formatPercent(figures.accuracy)}
        note={low === null || high === null ? t.noAnswers : formatPercentRange(low, high)}
      />
      <StatTile
        label={t.goldRate}
        value={formatPercent(project.gold_often, 0)}
        note={t.rateFor(
          formatPercent(project.gold_often, 0),
          formatPercent(project.gold_seldom, 0),
        )}
      />
    </StatRow>
  );
}

function GoldList({ project, manages }: { project: Project; manages: boolean }) {
  const t = useMessages(messages);
  const pages = useGold(project.id);
  const columns: Column<Gold>[] = [
    { key: "item", title: t.item, render: (gold) => <Item gold={gold} project={project.id} /> },
    {
      key: "answer",
      title: t.answer,
      render: (gold) => (
        <span className={classes.cell}>
          {gold.label}
          {!gold.stands && (
            <span title={t.notStandingHint}>
              <Tag tone="warn">{t.notStanding}</Tag>
            </span>
          )}
        </span>
      ),
    },
    {
      key: "source",
      title: t.source,
      wideOnly: true,
      render: (gold) => <span className={classes.quiet}>{t[`sourceShort_${gold.source}`]}</span>,
    },
    { key: "asked", title: t.asked, align: "end", render: (gold) => formatNumber(gold.answers) },
    {
      key: "right",
      title: t.rightShare,
      align: "end",
      render: (gold) => formatPercent(gold.accuracy, 0),
    },
    {
      key: "since",
      title: t.since,
      wideOnly: true,
      render: (gold) => (
        <span className={classes.quiet}>
          {formatRelative(gold.created_at)} {gold.created_by && t.by(gold.created_by)}
        </span>
      ),
    },
    {
      key: "retire",
      title: "",
      align: "end",
      width: 96,
      actions: true,
      render: (gold) => manages && <Retire project={project.id} gold={gold} />,
    },
  ];
  return (
    <DataTable
      label={t.gold}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      empty={
        <Empty icon="key" title={t.goldEmpty}>
          {t.goldEmptyText}
        </Empty>
      }
    />
  );
}

function Item({ gold, project }: { gold: Gold; project: number }) {
  const { item } = gold;
  return (
    <Link to={`/projects/${project}/items?task=${gold.task}`} className={classes.itemCell}>
      <span className={classes.thumb}>
        <Picture src={item.thumb_url} alt="" width={item.width} height={item.height} />
      </span>
      {item.filename}
    </Link>
  );
}

function Retire({ project, gold }: { project: number; gold: Gold }) {
  const t = useMessages(messages);
  const retire = useRetireGold(project);
  const ask = async () => {
    const sure = await confirm({
      title: t.retireTitle,
      body: t.retireText,
      action: t.retire,
      danger: true,
    });
    if (sure) retire.mutate(gold.id, { onError: notifyProblem });
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={retire.isPending}
      onClick={() => void ask()}
    >
      {t.retire}
    </Button>
  );
}
