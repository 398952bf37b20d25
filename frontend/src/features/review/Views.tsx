// Saved views: filters and an order under a name, for everybody who reviews the project.
import { ActionIcon, Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { Dialog } from "@/ui/Dialog";
import { DialogForm } from "@/ui/DialogForm";
import { Icon } from "@/ui/icons";
import { notify, notifyProblem } from "@/ui/notify";
import classes from "./Browse.module.css";
import { useDeleteView, useSaveView, useViews } from "./browse";
import { messages } from "./browseMessages";
import { useSearch } from "./Filters";
import { type Query, queryOf, sameQuery } from "./filters";

export function Views({ project }: { project: number }) {
  const t = useMessages(messages);
  const { search, show } = useSearch();
  const views = useViews(project).data ?? [];
  const remove = useDeleteView(project);
  const [saving, setSaving] = useState(false);
  const query = queryOf(search);
  const shown = views.find((view) => sameQuery(view.query as Query, query));
  const drop = async () => {
    if (!shown) return;
    const sure = await confirm({
      title: t.deleteViewTitle(shown.name),
      body: t.deleteViewText,
      action: t.delete,
      danger: true,
    });
    if (sure) remove.mutate(shown.id, { onError: notifyProblem });
  };
  const fresh = !shown && Object.keys(query).length > 0;
  return (
    <>
      {views.length > 0 && (
        <NativeSelect
          className={classes.views}
          aria-label={t.views}
          value={shown ? String(shown.id) : ""}
          onChange={(event) => {
            const view = views.find(({ id }) => String(id) === event.currentTarget.value);
            show((view?.query as Query) ?? {});
          }}
          data={[
            { value: "", label: t.view_none },
            ...views.map(({ id, name }) => ({ value: String(id), label: name })),
          ]}
        />
      )}
      {fresh && (
        <Button variant="default" onClick={() => setSaving(true)}>
          {t.saveView}
        </Button>
      )}
      {shown?.may_change && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t.deleteView(shown.name)}
          title={t.deleteView(shown.name)}
          onClick={() => void drop()}
        >
          <Icon name="trash" />
        </ActionIcon>
      )}
      {saving && <SaveDialog project={project} query={query} onClose={() => setSaving(false)} />}
    </>
  );
}

interface SaveDialogProps {
  project: number;
  query: Query;
  onClose: () => void;
}

function SaveDialog({ project, query, onClose }: SaveDialogProps) {
  const t = useMessages(messages);
  const save = useSaveView(project);
  const [name, setName] = useState("");
  const send = () => {
    save.mutate(
      { name: name.trim(), query },
      {
        onSuccess: (view) => {
          notify(t.viewSaved(view.name));
          onClose();
        },
      },
    );
  };
  return (
    <Dialog title={t.saveViewTitle} onClose={onClose}>
      <DialogForm
        action={t.saveView}
        sending={save.isPending}
        ready={name.trim() !== ""}
        onSend={send}
        onClose={onClose}
      >
        <p className={classes.text}>{t.saveViewText}</p>
        <TextInput
          label={t.viewName}
          data-autofocus
          required
          maxLength={80}
          value={name}
          error={save.error?.detail}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </DialogForm>
    </Dialog>
  );
}
