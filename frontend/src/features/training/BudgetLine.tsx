// What trainings have used of what they may use; nothing where the project has no quota.
import { formatDate, formatNumber, useMessages } from "@/i18n/messages";
import { Banner } from "@/ui/states";
import { Meter } from "@/ui/Tag";
import { messages } from "./messages";
import classes from "./RunsScreen.module.css";
import { useBudget } from "./requests";

export function BudgetLine({ project }: { project: number }) {
  const t = useMessages(messages);
  const { data } = useBudget(project);
  if (!data || data.quota === null) return null;
  const spent = formatNumber(Math.round(data.spent));
  const text = (data.period === "day" ? t.budgetDay : t.budgetAll)(spent, formatNumber(data.quota));
  if (data.reason !== "") {
    return (
      <Banner tone="warn">
        <strong>{t.budgetSpent}</strong> {text}
        {data.frees_at && ` ${t.budgetFrees(formatDate(data.frees_at))}`}
      </Banner>
    );
  }
  return (
    <div className={classes.budget}>
      <Meter label={t.budget} value={Math.min(data.spent, data.quota)} of={data.quota} />
      <span>{text}</span>
    </div>
  );
}
