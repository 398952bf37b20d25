// What was taken down so far, and which models learned from it.
import { Button } from "@mantine/core";
import { Link } from "react-router";
import { useUser } from "@/api/session";
import { formatDate, useMessages } from "@/i18n/messages";
import { confirm } from "@/ui/confirm";
import { type Column, DataTable } from "@/ui/DataTable";
import { notify, notifyProblem } from "@/ui/notify";
import { Empty } from "@/ui/states";
import { Meter, Tag } from "@/ui/Tag";
import { messages } from "./messages";
import { type Takedown, useLift, useTakedowns } from "./requests";
import classes from "./Takedowns.module.css";

export function Done({ dataset }: { dataset: number }) {
  const t = useMessages(messages);
  const pages = useTakedowns(dataset);
  const columns: Column<Takedown>[] = [
    {
      key: "when",
      title: t.when,
      render: ({ created_at, by }) => (
        <span className={classes.what}>
          {formatDate(created_at)}
          <span className={classes.quiet}>{by}</span>
        </span>
      ),
    },
    { key: "what", title: t.what, render: (row) => <What dataset={dataset} row={row} /> },
  ];
  return (
    <DataTable
      label={t.before}
      columns={columns}
      rowKey={({ id }) => id}
      pages={pages}
      empty={
        <Empty icon="trash" title={t.noneBefore}>
          {t.noneBeforeText}
        </Empty>
      }
    />
  );
}

function What({ dataset, row }: { dataset: number; row: Takedown }) {
  const t = useMessages(messages);
  const over = row.state === "done";
  return (
    <span className={classes.what}>
      <span>
        {t.items(over ? row.removed : row.expected)} {over && t.withVotes(row.votes)}{" "}
        {row.everywhere && <Tag>{t.everywhereTag}</Tag>}
      </span>
      <span className={classes.quiet}>{row.reason}</span>
      {!over && <Running row={row} />}
      {row.found.models && row.found.models.length > 0 && (
        <span className={classes.what}>
          <strong>{t.models}</strong>
          {row.found.models.map((one) => (
            <span key={`${one.project}/${one.version}`}>
              {t.learned(one.version, one.project_name, one.items)}{" "}
              <Link to={`/projects/${one.project}/runs`}>{t.retrain}</Link>
            </span>
          ))}
        </span>
      )}
      <Lift dataset={dataset} row={row} />
    </span>
  );
}

function Running({ row }: { row: Takedown }) {
  const t = useMessages(messages);
  if (row.job?.state === "failed" || row.job?.state === "cancelled") {
    return (
      <span role="alert">
        <Tag tone="error">{t.failed}</Tag> {row.job.error?.detail}
      </span>
    );
  }
  return <Meter label={t.running} value={row.job?.progress ?? 0} of={1} />;
}

/** An administrator's to say; it brings nothing back. */
function Lift({ dataset, row }: { dataset: number; row: Takedown }) {
  const t = useMessages(messages);
  const lift = useLift(dataset);
  if (!useUser().is_admin || row.state !== "done") return null;
  const ask = async () => {
    const sure = await confirm({ title: t.liftTitle, body: t.liftText, action: t.lift });
    if (!sure) return;
    lift.mutate(row.id, {
      onError: notifyProblem,
      onSuccess: ({ lifted }) => notify(t.lifted(lifted)),
    });
  };
  return (
    <Button variant="default" size="compact-sm" loading={lift.isPending} onClick={() => void ask()}>
      {t.lift}
    </Button>
  );
}
