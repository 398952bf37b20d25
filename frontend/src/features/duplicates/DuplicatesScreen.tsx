// Images of a dataset that are there more than once: a person says which one is kept.
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { useDataset } from "@/api/datasets";
import type { DatasetDetail } from "@/api/types";
import { formatDate, formatNumber, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Banner, Empty, Loaded } from "@/ui/states";
import classes from "./DuplicatesScreen.module.css";
import { Groups } from "./Groups";
import { messages } from "./messages";
import { type Kind, type Report, type State, useReport, useSearch } from "./requests";

const STATES: readonly State[] = ["open", "kept", "distinct"];

export function DuplicatesScreen() {
  const t = useMessages(messages);
  const dataset = useDataset(Number(useParams().datasetId));
  if (dataset.data === undefined) {
    return (
      <Page title={t.title}>
        <Loaded query={dataset}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Known dataset={dataset.data} />;
}

function Known({ dataset }: { dataset: DatasetDetail }) {
  const t = useMessages(messages);
  const report = useReport(dataset.id);
  const data = report.data;
  return (
    <Page
      title={t.title}
      description={
        data?.made_at
          ? `${dataset.name} · ${t.asOf(formatDate(data.made_at), data.items)}`
          : t.description(dataset.name)
      }
      actions={
        <>
          <Button component={Link} variant="default" to={`/datasets/${dataset.id}`}>
            {t.back}
          </Button>
          {data?.made_at && <Search dataset={dataset.id} report={data} label={t.again} />}
        </>
      }
    >
      <Loaded query={report}>
        {(found) =>
          found.made_at === null ? (
            <Nothing dataset={dataset} report={found} />
          ) : (
            <Found dataset={dataset.id} report={found} made={found.made_at} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Nothing({ dataset, report }: { dataset: DatasetDetail; report: Report }) {
  const t = useMessages(messages);
  if (dataset.item_count < 2) {
    return (
      <Empty
        icon="copy"
        title={t.tooFew}
        action={
          <Button component={Link} to={`/datasets/${dataset.id}`}>
            {t.addImages}
          </Button>
        }
      >
        {t.tooFewText}
      </Empty>
    );
  }
  return (
    <>
      {report.failed && <Banner tone="warn">{t.failed}</Banner>}
      <Empty
        icon="copy"
        title={report.searching ? t.searching : t.notYet}
        action={<Search dataset={dataset.id} report={report} label={t.search} />}
      >
        {t.notYetText}
      </Empty>
    </>
  );
}

interface SearchProps {
  dataset: number;
  report: Report;
  label: string;
}

function Search({ dataset, report, label }: SearchProps) {
  const search = useSearch(dataset);
  return (
    <Button
      variant="default"
      leftSection={<Icon name="refresh" />}
      loading={search.isPending || report.searching}
      onClick={() => search.mutate(undefined, { onError: notifyProblem })}
    >
      {label}
    </Button>
  );
}

function Found({ dataset, report, made }: { dataset: number; report: Report; made: string }) {
  const t = useMessages(messages);
  const [state, setState] = useState<State>("open");
  const [kind, setKind] = useState<Kind | "any">("any");
  const open = report.pixels + report.near;
  const count = { open, kept: report.kept, distinct: report.distinct };
  return (
    <div className={classes.found}>
      {report.failed && <Banner tone="warn">{t.failed}</Banner>}
      <div className={classes.bar}>
        <Segmented
          label={t.which}
          value={state}
          onChange={setState}
          options={STATES.map((value) => ({ value, label: t[value](formatNumber(count[value])) }))}
        />
        {state === "open" && open > 0 && (
          <Segmented
            label={t.kind}
            value={kind}
            onChange={setKind}
            options={[
              { value: "any", label: t.allKinds },
              { value: "pixels", label: t.pixels(formatNumber(report.pixels)) },
              { value: "near", label: t.near(formatNumber(report.near)) },
            ]}
          />
        )}
      </div>
      <Groups
        key={`${state} ${kind}`}
        dataset={dataset}
        state={state}
        kind={state === "open" && kind !== "any" ? kind : undefined}
        made={made}
        mayChange={report.may_change}
      />
    </div>
  );
}
