// Choosing a picture of a dataset, by a look at it or by its name.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "react-router";
import { useDatasets, useItems } from "@/api/datasets";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/icons";
import { Loading, Problem } from "@/ui/states";
import classes from "./ExamplesSection.module.css";
import { messages } from "./exampleMessages";

const AT_ONCE = 48;
const TYPING_MS = 250;

interface PickerProps {
  project: Project;
  title: string;
  onPick: (item: number) => void;
  onClose: () => void;
}

export function ExamplePicker({ project, title, onPick, onClose }: PickerProps) {
  const t = useMessages(messages);
  const [dataset, setDataset] = useState(project.dataset.id);
  const [typed, setTyped] = useState("");
  const [search] = useDebouncedValue(typed.trim(), TYPING_MS);
  const { rows: datasets } = useDatasets();
  const choices = datasets.some(({ id }) => id === project.dataset.id)
    ? datasets
    : [project.dataset, ...datasets];
  const { rows, query } = useItems(dataset, search ? { search } : {}, AT_ONCE);
  return (
    <Dialog title={title} onClose={onClose} size="full">
      <div className={classes.picker}>
        <div className={classes.filters}>
          <NativeSelect
            label={t.dataset}
            value={dataset}
            data={choices.map(({ id, name }) => ({ value: String(id), label: name }))}
            onChange={(event) => setDataset(Number(event.currentTarget.value))}
          />
          <TextInput
            type="search"
            label={t.search}
            leftSection={<Icon name="search" />}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            // It stands in the settings' form, which must not be saved by it.
            onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
          />
        </div>
        <p className={classes.hint}>
          {t.ownPicture} <Link to={`/datasets/${dataset}`}>{t.openDataset}</Link>
        </p>
        {query.isPending && <Loading />}
        {query.error && <Problem error={query.error} onRetry={() => void query.refetch()} />}
        {query.isSuccess && rows.length === 0 && <p className={classes.hint}>{t.noMatch}</p>}
        <ul className={classes.tiles} aria-label={t.pictures}>
          {rows.map((item) => (
            <li key={item.id}>
              <button
                type="button"
                className={classes.tile}
                aria-label={item.filename}
                title={item.filename}
                onClick={() => onPick(item.id)}
              >
                <img src={item.thumb_url} alt="" loading="lazy" />
              </button>
            </li>
          ))}
        </ul>
        {query.hasNextPage && (
          <Button
            variant="default"
            loading={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.more}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
