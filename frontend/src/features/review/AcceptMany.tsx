// Accepting near-certain answers at once: how many it would be, then the act, then the way back.
import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import type { Project } from "@/api/types";
import { formatPercent, useMessages } from "@/i18n/messages";
import { uuid } from "@/lib/uuid";
import { Dialog } from "@/ui/Dialog";
import { notifyProblem } from "@/ui/notify";
import { Segmented } from "@/ui/Segmented";
import { Loaded } from "@/ui/states";
import classes from "./AcceptMany.module.css";
import { messages } from "./messages";
import { useAcceptMany, useNearCertain, useReopenMany, type Wanted } from "./requests";

const THRESHOLDS = ["0.99", "0.95", "0.9", "0.8"] as const;
type Threshold = (typeof THRESHOLDS)[number];

interface AcceptManyProps {
  project: Project;
  wanted: Wanted;
}

export function AcceptMany(props: AcceptManyProps) {
  const t = useMessages(messages);
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button variant="default" onClick={() => setOpen(true)}>
        {t.acceptMany}
      </Button>
      {open && (
        <Dialog title={t.acceptManyTitle} onClose={() => setOpen(false)}>
          <Act {...props} onClose={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function Act({ project, wanted, onClose }: AcceptManyProps & { onClose: () => void }) {
  const t = useMessages(messages);
  const [threshold, setThreshold] = useState<Threshold>("0.95");
  const count = useNearCertain(project.id, wanted, Number(threshold));
  const accept = useAcceptMany(project.id);
  const reopen = useReopenMany(project.id);
  // One key for one act, so that a repeated request decides nothing more.
  const key = useRef(uuid());
  const act = () =>
    accept.mutate(
      { wanted, atLeast: Number(threshold), key: key.current },
      { onError: notifyProblem },
    );
  if (accept.data) {
    const { id, accepted } = accept.data;
    return (
      <div className={classes.body}>
        <p role="status">
          {reopen.data ? t.tookBackMany(reopen.data.reopened) : t.acceptedMany(accepted)}
        </p>
        <div className={classes.buttons}>
          {/* The button that was pressed is gone: the focus goes to what undoes nothing. */}
          <Button autoFocus onClick={onClose}>
            {t.closeMany}
          </Button>
          {!reopen.data && accepted > 0 && (
            <Button
              variant="default"
              loading={reopen.isPending}
              onClick={() => reopen.mutate(id, { onError: notifyProblem })}
            >
              {t.takeBackMany}
            </Button>
          )}
        </div>
      </div>
    );
  }
  return (
    <div className={classes.body}>
      <p>{t.acceptManyText}</p>
      <Segmented
        label={t.atLeast}
        labelShown
        value={threshold}
        onChange={(value) => {
          key.current = uuid();
          setThreshold(value);
        }}
        options={THRESHOLDS.map((value) => ({ value, label: formatPercent(Number(value), 0) }))}
      />
      <Loaded query={count}>
        {({ count: found, most }) => (
          <>
            <Button
              disabled={found === 0 || count.isFetching}
              loading={accept.isPending}
              onClick={act}
            >
              {found === 0 ? t.noneCertain : t.acceptCount(Math.min(found, most))}
            </Button>
            {found > most && <p className={classes.note}>{t.acceptRest(most)}</p>}
          </>
        )}
      </Loaded>
    </div>
  );
}
