// One dataset: add images, look at them, find one.
import { Button, Menu, NativeSelect, TextInput } from "@mantine/core";
import "@mantine/core/styles/Menu.css";
import { useDebouncedCallback } from "@mantine/hooks";
import { type ReactNode, useCallback, useState } from "react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { useDataset, useItems } from "@/api/datasets";
import { useDrifts } from "@/api/drifts";
import type { Dataset, DatasetDetail, NewDataset } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { readSetting, writeSetting } from "@/lib/storage";
import { confirm } from "@/ui/confirm";
import { DriftBanner } from "@/ui/DriftBanner";
import { Icon } from "@/ui/icons";
import { notify, notifyProblem } from "@/ui/notify";
import { Page } from "@/ui/Page";
import { Segmented } from "@/ui/Segmented";
import { Empty, Loaded, Loading, Problem } from "@/ui/states";
import { DatasetForm } from "./DatasetForm";
import classes from "./DatasetScreen.module.css";
import { ChooseButtons, DropPlace, DropTarget } from "./DropZone";
import { ImportDialog } from "./ImportDialog";
import { ItemGrid } from "./ItemGrid";
import { ItemViewer } from "./ItemViewer";
import { messages } from "./messages";
import { useChangeDataset, useDeleteDataset } from "./requests";
import { UploadPanel } from "./UploadPanel";
import { startUpload } from "./uploads";

const SIZES = { s: 64, m: 104, l: 176 } as const;
type Size = keyof typeof SIZES;

export function DatasetScreen() {
  const id = Number(useParams().datasetId);
  const dataset = useDataset(id, 10_000);
  if (dataset.data === undefined) {
    return (
      <Page title="">
        <Loaded query={dataset}>{() => null}</Loaded>
      </Page>
    );
  }
  return <Known dataset={dataset.data} />;
}

function Known({ dataset }: { dataset: DatasetDetail }) {
  const t = useMessages(messages);
  const [size, setSize] = useState<Size>(() => readSetting("grid-size", "m"));
  const take = useCallback(
    (files: Parameters<typeof startUpload>[1]) => startUpload(dataset.id, files),
    [dataset.id],
  );
  const drifts = useDrifts(dataset.id);
  const [checking, setChecking] = useState(false);
  const check = () => setChecking(true);
  const empty = dataset.item_count === 0;
  const resize = (next: Size) => {
    setSize(next);
    writeSetting("grid-size", next);
  };
  return (
    <DropTarget onFiles={take} enabled={dataset.may_change}>
      <Page
        title={dataset.name}
        description={<Facts dataset={dataset} />}
        actions={
          <Actions dataset={dataset}>
            {!empty && dataset.may_change && <ChooseButtons onFiles={take} onCheck={check} />}
          </Actions>
        }
        toolbar={empty ? undefined : <Toolbar dataset={dataset} size={size} onSize={resize} />}
      >
        <UploadPanel dataset={dataset.id} />
        <DriftBanner drifts={drifts.data} />
        {empty && dataset.may_change && <DropPlace onFiles={take} onCheck={check} />}
        {empty && !dataset.may_change && <Empty icon="datasets" title={t.noItems} />}
        {!empty && <Items dataset={dataset} size={SIZES[size]} />}
      </Page>
      {checking && <ImportDialog dataset={dataset.id} onClose={() => setChecking(false)} />}
    </DropTarget>
  );
}

function Facts({ dataset }: { dataset: Dataset }) {
  const t = useMessages(messages);
  const parts = [
    t.images(dataset.item_count),
    t[`kind_${dataset.kind}`],
    dataset.licence,
    dataset.source,
    dataset.description,
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}

function Actions({ dataset, children }: { dataset: DatasetDetail; children: ReactNode }) {
  const t = useMessages(messages);
  const [editing, setEditing] = useState(false);
  const change = useChangeDataset(dataset.id);
  const remove = useRemove(dataset);
  const { group } = useFilters().filters;
  return (
    <>
      {children}
      {dataset.item_count > 1 && (
        <>
          <Button component={Link} variant="default" to={`/datasets/${dataset.id}/map`}>
            {t.map}
          </Button>
          <Button component={Link} variant="default" to={`/datasets/${dataset.id}/duplicates`}>
            {t.duplicates}
          </Button>
        </>
      )}
      {dataset.item_count > 0 && (
        <Button component={Link} to={`/projects/new?dataset=${dataset.id}`}>
          {t.ask}
        </Button>
      )}
      {dataset.may_change && (
        <Menu position="bottom-end" transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <Button variant="default" px={8} aria-label={t.more}>
              <Icon name="more" />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => setEditing(true)}>{t.edit}</Menu.Item>
            <Menu.Item component={Link} to={takedownsOf(dataset.id, group)}>
              {t.takeDown}
            </Menu.Item>
            <Menu.Item color="red" onClick={() => void remove()}>
              {t.delete}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {editing && (
        <DatasetForm
          dataset={dataset}
          saving={change.isPending}
          onSave={async (values: NewDataset) => {
            await change.mutateAsync(values);
            setEditing(false);
          }}
          onClose={() => setEditing(false)}
        />
      )}
    </>
  );
}

/** The page on which items go for good; with the group that is looked at. */
function takedownsOf(dataset: number, group: string | undefined): string {
  const asked = group === undefined ? "" : `?${new URLSearchParams({ group })}`;
  return `/datasets/${dataset}/takedowns${asked}`;
}

function useRemove(dataset: Dataset) {
  const t = useMessages(messages);
  const remove = useDeleteDataset();
  const go = useNavigate();
  return async () => {
    if (dataset.projects.length > 0) {
      notify(t.deleteBlocked);
      return;
    }
    const sure = await confirm({
      title: t.deleteTitle(dataset.name),
      body: t.deleteText(dataset.item_count),
      action: t.delete,
      danger: true,
    });
    if (!sure) return;
    remove.mutate(dataset.id, {
      onError: notifyProblem,
      onSuccess: () => {
        notify(t.deleted(dataset.name));
        void go("/datasets");
      },
    });
  };
}

interface ToolbarProps {
  dataset: DatasetDetail;
  size: Size;
  onSize: (size: Size) => void;
}

function Toolbar({ dataset, size, onSize }: ToolbarProps) {
  const t = useMessages(messages);
  const { filters, setFilter } = useFilters();
  const splits = dataset.splits.filter((split) => split !== "");
  const later = useDebouncedCallback(setFilter, 300);
  return (
    <>
      <TextInput
        className={classes.search}
        type="search"
        aria-label={t.search}
        placeholder={t.search}
        leftSection={<Icon name="search" />}
        defaultValue={filters.search}
        onChange={(event) => later("search", event.currentTarget.value)}
      />
      {splits.length > 0 && (
        <NativeSelect
          aria-label={t.split}
          value={filters.split ?? ""}
          onChange={(event) => setFilter("split", event.currentTarget.value)}
          data={[
            { value: "", label: t.allSplits },
            ...splits.map((split) => ({ value: split, label: split })),
          ]}
        />
      )}
      <TextInput
        className={classes.group}
        aria-label={t.group}
        placeholder={t.groupHint}
        defaultValue={filters.group}
        onChange={(event) => later("group", event.currentTarget.value.trim())}
      />
      <Segmented
        className={classes.sizes}
        label={t.sizeLabel}
        value={size}
        onChange={onSize}
        options={(Object.keys(SIZES) as Size[]).map((value) => ({
          value,
          label: t[`size_${value}`],
        }))}
      />
    </>
  );
}

function useFilters() {
  const [search, setSearch] = useSearchParams();
  const filters = {
    search: search.get("search") ?? undefined,
    split: search.get("split") ?? undefined,
    group: search.get("group") ?? undefined,
  };
  const setFilter = (name: string, value: string) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        if (value === "") next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return {
    filters,
    setFilter,
    clear: () => setSearch({}, { replace: true }),
    open: search.get("item"),
  };
}

function Items({ dataset, size }: { dataset: Dataset; size: number }) {
  const t = useMessages(messages);
  const { filters, setFilter, clear, open } = useFilters();
  const { rows, query } = useItems(dataset.id, filters);
  const { hasNextPage, isFetchingNextPage, fetchNextPage, refetch } = query;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  const renew = useDebouncedCallback(() => void refetch(), { delay: 500 });
  if (query.isPending) return <Loading />;
  if (query.error && rows.length === 0) {
    return <Problem error={query.error} onRetry={() => void refetch()} />;
  }
  if (rows.length === 0) {
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
  const opened = open === null ? null : Number(open);
  const place = rows.findIndex((item) => item.id === opened);
  const step = (by: number) => {
    const neighbour = place < 0 ? undefined : rows[place + by];
    return neighbour ? () => setFilter("item", String(neighbour.id)) : null;
  };
  const filtered = Object.values(filters).some((value) => value !== undefined);
  const of = filtered && !hasNextPage ? rows.length : filtered ? null : dataset.item_count;
  return (
    <>
      <ItemGrid
        items={rows}
        size={size}
        onOpen={(item) => setFilter("item", String(item.id))}
        onNearEnd={more}
        onBroken={renew}
      />
      <p className={classes.foot} role="status">
        {of === null ? t.images(rows.length) : t.shown(rows.length, of)}
      </p>
      {opened !== null && (
        <ItemViewer
          id={opened}
          known={rows[place]}
          previous={step(-1)}
          next={step(1)}
          onClose={() => setFilter("item", "")}
          onOpen={(item) => setFilter("item", String(item))}
        />
      )}
    </>
  );
}
