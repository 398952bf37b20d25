// The place to drop images: large while a dataset is empty, else only where one drags over the page.
import { Button } from "@mantine/core";
import { type DragEvent, type ReactNode, useRef, useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import classes from "./DropZone.module.css";
import { chosen, entriesOf, filesIn } from "./dropped";
import { messages } from "./messages";
import type { Source } from "./plan";

const ACCEPTED =
  "image/*,.tif,.tiff,.pdf,.zip,.tar,.gz,.csv,.tsv,.json,.jsonl,.xml,.txt,.pts,.yaml,.yml,.names";

interface DropTargetProps {
  enabled: boolean;
  onFiles: (files: Source[]) => void;
  children: ReactNode;
}

/** Takes files that are dropped anywhere on what it encloses. */
export function DropTarget({ enabled, onFiles, children }: DropTargetProps) {
  const t = useMessages(messages);
  const [over, setOver] = useState(false);
  // Enter and leave come for every child; only the outermost pair counts.
  const depth = useRef(0);
  const carriesFiles = (event: DragEvent) => enabled && event.dataTransfer.types.includes("Files");
  const move = (event: DragEvent, step: number) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + step);
    setOver(depth.current > 0);
  };
  const drop = (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    const entries = entriesOf(event.dataTransfer);
    void filesIn(entries).then(onFiles);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons are the way without a mouse.
    <div
      className={classes.target}
      onDragEnter={(event) => move(event, 1)}
      onDragOver={(event) => move(event, 0)}
      onDragLeave={(event) => move(event, -1)}
      onDrop={drop}
    >
      {children}
      {over && (
        <div className={classes.over} aria-hidden="true">
          <Icon name="import" size={24} />
          {t.dropNow}
        </div>
      )}
    </div>
  );
}

/** The two buttons: single files, and folders, which the browser keeps apart. */
export function ChooseButtons({
  onFiles,
  onCheck,
  primary,
}: {
  onFiles: DropTargetProps["onFiles"];
  /** Offers to look at an import before it happens. */
  onCheck?: () => void;
  primary?: boolean;
}) {
  const t = useMessages(messages);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    if (input.files) onFiles(chosen(input.files));
    // The same file chosen again should count as a change.
    input.value = "";
  };
  return (
    <>
      <Button
        variant={primary ? "filled" : "default"}
        leftSection={<Icon name="import" />}
        onClick={() => files.current?.click()}
      >
        {primary ? t.chooseFiles : t.addImages}
      </Button>
      <Button variant="default" className={classes.folder} onClick={() => folder.current?.click()}>
        {t.chooseFolder}
      </Button>
      {onCheck && (
        <Button variant="default" onClick={onCheck}>
          {t.checkFirst}
        </Button>
      )}
      <input
        ref={files}
        type="file"
        multiple
        hidden
        accept={ACCEPTED}
        aria-label={t.chooseFiles}
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        hidden
        aria-label={t.chooseFolder}
        onChange={(event) => take(event.currentTarget)}
        {...{ webkitdirectory: "" }}
      />
    </>
  );
}

/** What an empty dataset shows. */
export function DropPlace({
  onFiles,
  onCheck,
}: {
  onFiles: DropTargetProps["onFiles"];
  onCheck: () => void;
}) {
  const t = useMessages(messages);
  return (
    <div className={classes.place}>
      <Icon name="import" size={24} />
      <p className={classes.title}>{t.dropTitle}</p>
      <p className={classes.text}>{t.dropText}</p>
      <div className={classes.buttons}>
        <ChooseButtons onFiles={onFiles} onCheck={onCheck} primary />
      </div>
    </div>
  );
}
