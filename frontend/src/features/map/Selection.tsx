// What is chosen on the map: a few of its pictures, and what can be done with all of them.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { useItem } from "@/api/datasets";
import type { DatasetDetail } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { announce } from "@/ui/announce";
import { notify, notifyProblem } from "@/ui/notify";
import { Picture } from "@/ui/Picture";
import classes from "./MapScreen.module.css";
import { messages } from "./messages";
import { useSimilar, useTagItems } from "./requests";

const SHOWN = 12;

interface SelectionProps {
  dataset: DatasetDetail;
  items: readonly number[];
  onClear: () => void;
  onOpen: (item: number) => void;
}

export function Selection({ dataset, items, onClear, onOpen }: SelectionProps) {
  const t = useMessages(messages);
  if (items.length === 0) return <p className={classes.hint}>{t.nothing}</p>;
  // Some from all over the selection, not the first ones alone.
  const step = Math.max(1, Math.floor(items.length / SHOWN));
  const some = items.filter((_, at) => at % step === 0).slice(0, SHOWN);
  return (
    <>
      <div className={classes.entry}>
        <strong role="status">{t.chosen(items.length)}</strong>
        <Button variant="default" size="compact-sm" ml="auto" onClick={onClear}>
          {t.clear}
        </Button>
      </div>
      <ul className={classes.pictures} aria-label={t.selected}>
        {some.map((item) => (
          <li key={item}>
            <Thumb item={item} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {dataset.may_change ? (
        <TagForm dataset={dataset} items={items} />
      ) : (
        <p className={classes.hint}>{t.onlyOwner}</p>
      )}
    </>
  );
}

function Thumb({ item, onOpen }: { item: number; onOpen: (item: number) => void }) {
  const { data } = useItem(item);
  if (!data) return <span className={classes.picture} />;
  return (
    <button type="button" className={classes.picture} onClick={() => onOpen(item)}>
      <Picture src={data.thumb_url} alt={data.filename} width={data.width} height={data.height} />
    </button>
  );
}

/** The items page of a project shows what has a tag; there it is set aside, made gold, exported. */
function TagForm({ dataset, items }: { dataset: DatasetDetail; items: readonly number[] }) {
  const t = useMessages(messages);
  const go = useNavigate();
  const [tag, setTag] = useState("");
  const [project, setProject] = useState(String(dataset.projects[0]?.id ?? ""));
  const edit = useTagItems(dataset.id);
  const word = tag.trim();
  const save = () =>
    edit.mutate(
      { items: [...items], tag: word },
      {
        onError: notifyProblem,
        onSuccess: () => {
          notify(t.tagged(items.length, word));
          announce(t.tagged(items.length, word));
          if (project) void go(`/projects/${project}/items?tag=${encodeURIComponent(word)}`);
        },
      },
    );
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (word) save();
      }}
    >
      <TextInput
        label={t.tag}
        placeholder={t.tagHint}
        maxLength={60}
        value={tag}
        onChange={(event) => setTag(event.currentTarget.value)}
      />
      {dataset.projects.length > 0 ? (
        <NativeSelect
          label={t.project}
          value={project}
          onChange={(event) => setProject(event.currentTarget.value)}
          data={dataset.projects.map(({ id, name }) => ({ value: String(id), label: name }))}
        />
      ) : (
        <p className={classes.hint}>{t.noProjectToOpen}</p>
      )}
      <Button type="submit" disabled={!word} loading={edit.isPending}>
        {project ? t.tagThem : t.tagOnly}
      </Button>
    </form>
  );
}

interface AlikeProps {
  item: number;
  onShow: (items: number[]) => void;
  onOpen: (item: number) => void;
  onClose: () => void;
}

/** One image, and those that look most like it. */
export function Alike({ item, onShow, onOpen, onClose }: AlikeProps): ReactNode {
  const t = useMessages(messages);
  const { data } = useItem(item);
  const similar = useSimilar(item, 24).data?.results ?? [];
  return (
    <section aria-label={data?.filename}>
      <div className={classes.entry}>
        <strong className={classes.name}>{data?.filename ?? "…"}</strong>
        <Button variant="default" size="compact-sm" ml="auto" onClick={onClose}>
          {t.close}
        </Button>
      </div>
      <ul className={classes.pictures}>
        <li>{data && <Thumb item={item} onOpen={onOpen} />}</li>
        {similar.slice(0, SHOWN - 1).map((near) => (
          <li key={near.item.id}>
            <Thumb item={near.item.id} onOpen={onOpen} />
          </li>
        ))}
      </ul>
      {similar.length > 0 && (
        <Button
          variant="default"
          mt={8}
          onClick={() => onShow([item, ...similar.map((near) => near.item.id)])}
        >
          {t.alike}
        </Button>
      )}
    </section>
  );
}
