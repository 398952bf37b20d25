// All images of a dataset as points, like next to like: coloured, looked at, chosen with a lasso.
import { Button, NativeSelect } from "@mantine/core";
import { useMemo, useRef, useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { useDataset } from "@/api/datasets";
import type { DatasetDetail } from "@/api/types";
import { formatDate, useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page, Workspace } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Banner, Empty, Loaded, Loading, Problem } from "@/ui/states";
import type { Board, Tool } from "./board";
import { entriesOf, Legend } from "./Legend";
import classes from "./MapScreen.module.css";
import { MapView } from "./MapView";
import { messages } from "./messages";
import type { Points } from "./points";
import { type By, type MapReport, useColours, useDraw, useMapReport, usePoints } from "./requests";
import { Alike, Selection } from "./Selection";

const FEWEST = 10;
const OF_ITEMS: readonly By[] = ["split", "group", "import"];
const OF_TASKS: readonly By[] = ["label", "status", "predicted"];
const NOBODY: ReadonlySet<number> = new Set();

export function MapScreen() {
  const t = useMessages(messages);
  const id = Number(useParams().datasetId);
  const dataset = useDataset(id);
  const report = useMapReport(id);
  const known = dataset.data && report.data;
  if (!known || report.data?.made_at == null) {
    return (
      <Page
        title={t.title}
        actions={
          <Button component={Link} variant="default" to={`/datasets/${id}`}>
            {t.back}
          </Button>
        }
      >
        <Loaded query={dataset}>
          {(found) => (
            <Loaded query={report}>{(told) => <Nothing dataset={found} report={told} />}</Loaded>
          )}
        </Loaded>
      </Page>
    );
  }
  return <Known dataset={dataset.data as DatasetDetail} report={report.data} />;
}

function Nothing({ dataset, report }: { dataset: DatasetDetail; report: MapReport }) {
  const t = useMessages(messages);
  if (dataset.item_count < FEWEST) {
    return (
      <Empty
        icon="points"
        title={t.tooFew}
        action={
          <Button component={Link} to={`/datasets/${dataset.id}`}>
            {t.addImages}
          </Button>
        }
      >
        {t.notYetText}
      </Empty>
    );
  }
  return (
    <>
      {report.error && (
        <Banner tone="warn">
          <strong>{t.failed}</strong> {report.error}
        </Banner>
      )}
      <Empty
        icon="points"
        title={report.drawing ? t.drawing : t.notYet}
        action={<Draw dataset={dataset.id} report={report} label={t.draw} />}
      >
        {t.notYetText}
      </Empty>
    </>
  );
}

function Draw(props: { dataset: number; report: MapReport; label: string }) {
  const draw = useDraw(props.dataset);
  return (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" />}
      loading={draw.isPending || props.report.drawing}
      onClick={() => draw.mutate(undefined, { onError: notifyProblem })}
    >
      {props.label}
    </Button>
  );
}

function Known({ dataset, report }: { dataset: DatasetDetail; report: MapReport }) {
  const t = useMessages(messages);
  const points = usePoints(dataset.id, report.sha256);
  return (
    <Workspace title={`${t.title} · ${dataset.name}`}>
      {points.data ? (
        <Chart dataset={dataset} report={report} points={points.data} />
      ) : points.error ? (
        <Problem error={points.error} onRetry={() => void points.refetch()} />
      ) : (
        <Loading />
      )}
    </Workspace>
  );
}

/** What the points are coloured by lies in the address. */
function useColouring(dataset: DatasetDetail) {
  const [search, setSearch] = useSearchParams();
  const project = Number(search.get("project")) || dataset.projects[0]?.id;
  const possible = project ? [...OF_ITEMS, ...OF_TASKS] : OF_ITEMS;
  const asked = search.get("by") as By | null;
  const by = asked && possible.includes(asked) ? asked : project ? "label" : "split";
  const set = (name: string, value: string) =>
    setSearch(
      (old) =>
        new URLSearchParams([...old].filter(([key]) => key !== name).concat([[name, value]])),
      {
        replace: true,
      },
    );
  return {
    by,
    possible,
    project: OF_TASKS.includes(by) ? project : undefined,
    chosen: project,
    set,
  };
}

interface ChartProps {
  dataset: DatasetDetail;
  report: MapReport;
  points: Points;
}

function Chart({ dataset, report, points }: ChartProps) {
  const t = useMessages(messages);
  const { by, possible, project, chosen: ofProject, set } = useColouring(dataset);
  const colours = useColours(dataset.id, report.sha256, by, project);
  const [hidden, setHidden] = useState(NOBODY);
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const [opened, setOpened] = useState<number | null>(null);
  const [tool, setTool] = useState<Tool>("move");
  const board = useRef<Board | null>(null);
  const codes = useMemo(
    () =>
      colours.data?.codes.length === points.count
        ? colours.data.codes
        : new Uint8Array(points.count).fill(255),
    [colours.data, points],
  );
  const picked = useMemo(() => {
    if (chosen.length === 0) return null;
    const marks = new Uint8Array(points.count);
    for (const place of chosen) marks[place] = 1;
    return marks;
  }, [chosen, points]);
  const shown = useMemo(
    () => ({ points, codes, hidden, chosen: picked }),
    [points, codes, hidden, picked],
  );
  const entries = useMemo(
    () =>
      entriesOf(colours.data?.names ?? [], colours.data?.counts ?? [], codes, {
        other: t.other,
        none: t.none,
      }),
    [colours.data, codes, t],
  );
  const choose = (places: readonly number[], add = false) => {
    const next = add ? [...new Set([...chosen, ...places])].sort((a, b) => a - b) : places;
    setChosen(next);
    announce(t.chosen(next.length));
  };
  const ofCode = (code: number) =>
    Array.from(codes.keys()).filter((place) => codes[place] === code);
  const items = useMemo(() => chosen.map((place) => points.items[place] ?? 0), [chosen, points]);
  return (
    <div className={classes.work}>
      <div className={classes.bar}>
        <p className={classes.title}>{t.title}</p>
        <span className={classes.facts}>
          {dataset.name} · {report.made_at && t.asOf(formatDate(report.made_at), report.items)}{" "}
          {report.newer && t.newer}
        </span>
        <Segmented
          label={t.tool}
          value={tool}
          onChange={setTool}
          options={[
            { value: "move", label: t.tool_move },
            { value: "lasso", label: t.tool_lasso },
          ]}
        />
        <Button variant="default" onClick={() => board.current?.fit()}>
          {t.fit}
        </Button>
        <Button
          variant="default"
          px={8}
          aria-label={t.closer}
          onClick={() => board.current?.zoom(1.5)}
        >
          <Icon name="plus" />
        </Button>
        <Button
          variant="default"
          px={8}
          aria-label={t.farther}
          onClick={() => board.current?.zoom(1 / 1.5)}
        >
          <Icon name="minus" />
        </Button>
        <Draw dataset={dataset.id} report={report} label={t.again} />
        <Button component={Link} variant="default" to={`/datasets/${dataset.id}`}>
          {t.back}
        </Button>
      </div>
      <div className={classes.columns}>
        <MapView
          shown={shown}
          tool={tool}
          onChoose={choose}
          onOpen={setOpened}
          onReady={(made) => {
            board.current = made;
          }}
        />
        <aside className={classes.side} aria-label={t.legend}>
          <div className={classes.form}>
            <NativeSelect
              label={t.colour}
              value={by}
              onChange={(event) => {
                setHidden(NOBODY);
                set("by", event.currentTarget.value);
              }}
              data={possible.map((value) => ({ value, label: t[`by_${value}`] }))}
            />
            {OF_TASKS.includes(by) && dataset.projects.length > 1 && (
              <NativeSelect
                label={t.project}
                value={String(ofProject)}
                onChange={(event) => set("project", event.currentTarget.value)}
                data={dataset.projects.map(({ id, name }) => ({ value: String(id), label: name }))}
              />
            )}
            {colours.error && <Banner tone="warn">{colours.error.detail}</Banner>}
            <Legend
              entries={entries}
              hidden={hidden}
              onToggle={(code) =>
                setHidden((old) => {
                  const next = new Set(old);
                  if (!next.delete(code)) next.add(code);
                  return next;
                })
              }
              onChoose={(code) => choose(ofCode(code))}
            />
          </div>
          {opened !== null && (
            <Alike
              item={opened}
              onOpen={setOpened}
              onClose={() => setOpened(null)}
              onShow={(alike) => choose(alike.map(points.placeOf).filter((place) => place >= 0))}
            />
          )}
          <section aria-label={t.selected}>
            <Selection
              dataset={dataset}
              items={items}
              onClear={() => setChosen([])}
              onOpen={setOpened}
            />
          </section>
        </aside>
      </div>
    </div>
  );
}
