// How far a project is: settled, disputed and open tasks as one bar.
import type { Progress } from "@/api/types";
import { formatNumber, formatPercent, useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import classes from "./TaskProgress.module.css";

export function settledShare({ settled, tasks }: Pick<Progress, "settled" | "tasks">): number {
  return tasks > 0 ? settled / tasks : 0;
}

export function TaskProgress({ progress, tall }: { progress: Progress; tall?: boolean }) {
  const t = useMessages(messages);
  const { tasks, settled, disputed } = progress;
  const width = (count: number) => ({ width: `${tasks > 0 ? (count / tasks) * 100 : 0}%` });
  return (
    <div
      className={classes.bar}
      data-tall={tall || undefined}
      role="progressbar"
      aria-label={t.settledOf(formatNumber(settled), formatNumber(tasks))}
      aria-valuenow={Math.round(settledShare(progress) * 100)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuetext={formatPercent(settledShare(progress), 0)}
    >
      <div className={classes.settled} style={width(settled)} />
      <div className={classes.disputed} style={width(disputed)} />
    </div>
  );
}
