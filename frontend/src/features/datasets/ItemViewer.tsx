// One image, large, with what is known of it; arrows lead to its neighbours.
import { ActionIcon, Modal } from "@mantine/core";
import { useItem } from "@/api/datasets";
import type { Item, ItemDetail } from "@/api/types";
import { useCommands } from "@/commands/useCommands";
import { formatBytes, formatDate, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { PictureStage } from "@/ui/PictureStage";
import { Loaded } from "@/ui/states";
import classes from "./ItemViewer.module.css";
import { messages } from "./messages";
import { Similar } from "./Similar";

interface ItemViewerProps {
  id: number;
  /** As the grid has it, to be shown at once. */
  known: Item | undefined;
  previous: (() => void) | null;
  next: (() => void) | null;
  onClose: () => void;
  /** Leads to another image of the dataset. */
  onOpen: (id: number) => void;
}

export function ItemViewer({ id, known, previous, next, onClose, onOpen }: ItemViewerProps) {
  const t = useMessages(messages);
  const fresh = useItem(id);
  const item = fresh.data ?? known;
  useCommands([
    {
      id: "items.previous",
      label: t.previous,
      keys: ["ArrowLeft"],
      scope: "dialog",
      repeat: true,
      enabled: () => previous !== null,
      run: () => previous?.(),
    },
    {
      id: "items.next",
      label: t.next,
      keys: ["ArrowRight"],
      scope: "dialog",
      repeat: true,
      enabled: () => next !== null,
      run: () => next?.(),
    },
  ]);
  return (
    <Modal
      opened
      onClose={onClose}
      title={item?.filename ?? ""}
      size={920}
      classNames={{ title: classes.name }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Loaded query={{ data: item, error: fresh.error, refetch: fresh.refetch }}>
        {(data) => (
          <div className={classes.columns}>
            <div className={classes.stage}>
              <PictureStage
                src={data.image_url}
                alt={data.filename}
                width={data.width}
                height={data.height}
                withSmall
              />
              <Step label={t.previous} icon="left" run={previous} />
              <Step label={t.next} icon="right" run={next} />
            </div>
            <Facts item={data} />
            <Similar id={id} onOpen={onOpen} />
          </div>
        )}
      </Loaded>
    </Modal>
  );
}

function Step(props: { label: string; icon: "left" | "right"; run: (() => void) | null }) {
  return (
    <ActionIcon
      variant="default"
      size={32}
      className={classes.step}
      data-side={props.icon}
      aria-label={props.label}
      title={props.label}
      disabled={props.run === null}
      onClick={() => props.run?.()}
    >
      <Icon name={props.icon} />
    </ActionIcon>
  );
}

function Facts({ item }: { item: Item | ItemDetail }) {
  const t = useMessages(messages);
  const size = "byte_size" in item ? ` · ${formatBytes(item.byte_size)}` : "";
  const facts: [string, string][] = [
    [t.size, t.pixels(item.width, item.height) + size],
    [t.split, item.split],
    [t.group, item.group],
    [t.added, formatDate(item.created_at)],
    ...Object.entries(item.metadata).map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  ];
  return (
    <dl className={classes.facts} aria-label={t.facts}>
      {facts.map(([name, value]) =>
        value ? (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}
