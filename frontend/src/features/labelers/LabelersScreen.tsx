// Who labels how well: the list with those first whose answers are worth least, and each pair.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useNavigate } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { keys } from "@/api/query";
import { useUser } from "@/api/session";
import { Interval } from "@/charts/Interval";
import { formatDate, formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { type Column, DataTable } from "@/ui/DataTable";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { StatRow, StatTile } from "@/ui/StatTile";
import { Empty, Loaded } from "@/ui/states";
import { scaleStart } from "./figures";
import classes from "./Labelers.module.css";
import { messages } from "./messages";
import { PairMatrix, two } from "./PairMatrix";
import { Remarks } from "./Remarks";
import { type LabelerRow, type Together, useLabelers, useRefresh, useTogether } from "./requests";

export function LabelersScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  if (!project.data) {
    return (
      <Page title={t.title}>
        <Loaded query={project}>{() => null}</Loaded>
      </Page>
    );
  }
  if (roleIn(project.data, user) === "labeler") {
    return (
      <Page title={t.title}>
        <Empty icon="users" title={t.onlyLeads} />
      </Page>
    );
  }
  const invites = roleIn(project.data, user) === "manager";
  return (
    <Labelers project={project.data.id} votes={project.data.progress.votes} invites={invites} />
  );
}

interface NothingProps {
  project: number;
  votes: number;
  invites: boolean;
}

function Labelers({ project, votes, invites }: NothingProps) {
  const t = useMessages(messages);
  const together = useTogether(project);
  useFreshList(project, together.data?.made_at);
  return (
    <Page
      title={t.title}
      description={together.data?.made_at ? <Age together={together.data} /> : t.description}
      actions={
        together.data?.made_at && <Refresh project={project} computing={together.data.computing} />
      }
    >
      <Loaded query={together}>
        {(data) =>
          data.made_at === null || data.labelers === 0 ? (
            <Nothing {...{ project, votes, invites }} computing={data.computing} />
          ) : (
            <Known project={project} together={data} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** Once figures were worked out anew, the list is fetched again. */
function useFreshList(project: number, madeAt: string | null | undefined): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (madeAt) void queries.invalidateQueries({ queryKey: keys.labelersOf(project) });
  }, [queries, project, madeAt]);
}

function Age({ together }: { together: Together }) {
  const t = useMessages(messages);
  return (
    <>
      {t.asOf(formatDate(together.made_at ?? ""), together.votes)}
      {!together.current && <> · {t.outOfDate}</>}
      {!together.complete && <> · {t.sampled}</>}
    </>
  );
}

function Refresh({ project, computing }: { project: number; computing: boolean }) {
  const t = useMessages(messages);
  const refresh = useRefresh(project);
  return (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" />}
      loading={computing || refresh.isPending}
      onClick={() => refresh.mutate(undefined, { onError: notifyProblem })}
    >
      {t.refresh}
    </Button>
  );
}

function Nothing(props: NothingProps & { computing: boolean }) {
  const t = useMessages(messages);
  const refresh = useRefresh(props.project);
  if (props.votes === 0) {
    return (
      <Empty
        icon="users"
        title={t.none}
        action={
          props.invites && (
            <Button component={Link} to={`/projects/${props.project}/members`} variant="default">
              {t.invite}
            </Button>
          )
        }
      >
        {t.noneText}
      </Empty>
    );
  }
  return (
    <Empty
      icon="users"
      title={t.notYet}
      action={
        <Button
          loading={props.computing || refresh.isPending}
          onClick={() => refresh.mutate(undefined, { onError: notifyProblem })}
        >
          {t.compute}
        </Button>
      }
    >
      {t.notYetText}
    </Empty>
  );
}

function Known({ project, together }: { project: number; together: Together }) {
  const t = useMessages(messages);
  const { alpha } = together;
  return (
    <>
      <StatRow>
        <StatTile label={t.labelers} value={formatNumber(together.labelers)} />
        <StatTile
          label={t.alpha}
          value={two(alpha.estimate)}
          note={alpha.low === null ? undefined : t.alphaNote(two(alpha.low), two(alpha.high))}
        />
        <StatTile label={t.percentAlike} value={formatPercent(together.agreement, 0)} />
      </StatRow>
      <List project={project} />
      <Section title={t.pairs}>
        {together.pairs.length === 0 ? (
          <p className={classes.hint}>{t.noPairs}</p>
        ) : (
          <>
            <PairMatrix project={project} together={together} />
            <p className={classes.hint}>
              {t.pairsHint}
              {together.labelers > together.matrix.length && (
                <> {t.pairsBusiest(together.matrix.length)}</>
              )}
            </p>
          </>
        )}
      </Section>
    </>
  );
}

function List({ project }: { project: number }) {
  const t = useMessages(messages);
  const go = useNavigate();
  const [ordering, setOrdering] = useState("worth");
  const pages = useLabelers(project, ordering);
  const addressOf = ({ id }: LabelerRow) => `/projects/${project}/labelers/${id}`;
  return (
    <DataTable
      label={t.labelers}
      columns={columnsOf(t, pages.rows, addressOf)}
      rowKey={({ id }) => id}
      pages={pages}
      empty={<Empty icon="users" title={t.none} />}
      ordering={ordering}
      onOrdering={setOrdering}
      onRowClick={(row) => void go(addressOf(row))}
    />
  );
}

type Texts = typeof messages.english;

function columnsOf(
  t: Texts,
  rows: readonly LabelerRow[],
  addressOf: (row: LabelerRow) => string,
): Column<LabelerRow>[] {
  const from = scaleStart(rows.flatMap(({ skill, agreement }) => [skill, agreement]));
  return [
    {
      key: "name",
      title: t.name,
      render: (row) => (
        <span className={classes.name}>
          <Link to={addressOf(row)}>{row.name}</Link>
          <Remarks row={row} />
        </span>
      ),
    },
    {
      key: "votes",
      title: t.votes,
      align: "end",
      sort: "votes",
      render: ({ votes }) => formatNumber(votes),
    },
    {
      key: "worth",
      title: <span title={t.worthHint}>{t.worth}</span>,
      align: "end",
      sort: "worth",
      render: ({ worth }) => formatPercent(worth, 0),
    },
    {
      key: "skill",
      title: <span title={t.skillHint}>{t.skill}</span>,
      sort: "skill",
      render: ({ skill }) => <Interval {...skill} from={from} />,
    },
    {
      key: "agreement",
      title: <span title={t.agreementHint}>{t.agreement}</span>,
      sort: "agreement",
      render: ({ agreement }) => <Interval {...agreement} from={from} />,
    },
    {
      key: "gold",
      title: <span title={t.goldHint}>{t.gold}</span>,
      align: "end",
      wideOnly: true,
      render: ({ gold }) => formatPercent(gold.estimate, 0),
    },
    {
      key: "steady",
      title: <span title={t.steadyHint}>{t.steady}</span>,
      align: "end",
      wideOnly: true,
      render: ({ consistency }) => formatPercent(consistency?.estimate, 0),
    },
    {
      key: "time",
      title: t.time,
      align: "end",
      wideOnly: true,
      render: ({ median_ms }) => (median_ms === null ? "–" : t.seconds(secondsOf(median_ms))),
    },
  ];
}

export const secondsOf = (milliseconds: number) =>
  formatNumber(milliseconds / 1000, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
