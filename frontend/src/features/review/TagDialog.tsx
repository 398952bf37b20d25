// Tags and metadata of all items that the filters show: counted first, and taken back with a click.
import { Button, Loader, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import classes from "./Browse.module.css";
import { type Change, type ItemEdit, useEdit, useEditItems, useTags, useUndoEdit } from "./browse";
import { messages } from "./browseMessages";
import { type Query, tagsIn } from "./filters";

interface TagDialogProps {
  project: number;
  dataset: number;
  filters: Query;
  /** How many items that is, in words, and exactly where that is known. */
  items: string;
  expected: number | undefined;
  onClose: () => void;
}

export function TagDialog(props: TagDialogProps) {
  const t = useMessages(messages);
  const [edit, setEdit] = useState<ItemEdit | null>(null);
  return (
    <Dialog title={t.editTitle} onClose={props.onClose}>
      {edit === null ? (
        <EditForm {...props} onDone={setEdit} />
      ) : (
        <Outcome {...props} edit={edit} />
      )}
    </Dialog>
  );
}

function EditForm(props: TagDialogProps & { onDone: (edit: ItemEdit) => void }) {
  const t = useMessages(messages);
  const { project, dataset, filters, expected } = props;
  const edit = useEditItems(project, dataset);
  const known = useTags(dataset).data ?? [];
  const [form, setForm] = useState({ add: "", remove: "", key: "", value: "" });
  const change = changeOf(form);
  const send = () => edit.mutate({ filters, change, expected }, { onSuccess: props.onDone });
  const field = (name: keyof typeof form, label: string, more: object = {}) => (
    <TextInput
      label={label}
      value={form[name]}
      maxLength={name === "value" ? 1000 : 400}
      onChange={(event) => setForm({ ...form, [name]: event.currentTarget.value })}
      {...more}
    />
  );
  return (
    <DialogForm
      action={t.change(props.items)}
      sending={edit.isPending}
      ready={!isEmpty(change)}
      refusal={edit.error?.detail}
      onSend={send}
      onClose={props.onClose}
    >
      <p className={classes.text}>{t.editText(props.items)}</p>
      {field("add", t.addTags, {
        description: t.separated,
        list: "known-tags",
        "data-autofocus": true,
      })}
      {field("remove", t.removeTags, { list: "known-tags" })}
      <datalist id="known-tags">
        {known.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <div className={classes.pair}>
        {field("key", t.metadataKey)}
        {field("value", t.metadataValue, { description: t.metadataValueHint })}
      </div>
    </DialogForm>
  );
}

function changeOf(form: { add: string; remove: string; key: string; value: string }): Change {
  const key = form.key.trim();
  return {
    add_tags: tagsIn(form.add),
    remove_tags: tagsIn(form.remove),
    set_metadata: key && form.value !== "" ? { [key]: form.value } : {},
    unset_metadata: key && form.value === "" ? [key] : [],
  };
}

const isEmpty = (change: Change) =>
  Object.values(change).every((value) => Object.keys(value ?? {}).length === 0);

function Outcome(props: TagDialogProps & { edit: ItemEdit }) {
  const t = useMessages(messages);
  const { data: edit } = useEdit(props.edit);
  const undo = useUndoEdit(props.project, props.dataset);
  const said = {
    waiting: t.changing,
    done: t.changed(edit.changed),
    undoing: t.takingBack,
    undone: t.tookBack,
  }[edit.state];
  return (
    <div className={classes.form}>
      <p role="status" className={classes.text}>
        {said} {(edit.state === "waiting" || edit.state === "undoing") && <Loader size={12} />}
      </p>
      {undo.error && <p role="alert">{undo.error.detail}</p>}
      <div className={classes.buttons}>
        {edit.state === "done" && edit.changed > 0 && (
          <Button variant="default" loading={undo.isPending} onClick={() => undo.mutate(edit.id)}>
            {t.takeBack}
          </Button>
        )}
        <Button data-autofocus onClick={props.onClose}>
          {t.done}
        </Button>
      </div>
    </div>
  );
}
