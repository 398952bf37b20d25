// What a screen shows while it has nothing to show.
import { Button, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import { Link } from "react-router";
import type { ApiError } from "@/api/errors";
import { useMessages } from "@/i18n/messages";
import { Icon, type IconName } from "./icons";
import { messages } from "./messages";
import classes from "./states.module.css";

interface EmptyProps {
  icon?: IconName;
  title: string;
  /** What this place is for, and what to do next. */
  children?: ReactNode;
  action?: ReactNode;
}

export function Empty({ icon = "image", title, children, action }: EmptyProps) {
  return (
    <div className={classes.state}>
      <span className={classes.icon}>
        <Icon name={icon} size={24} />
      </span>
      <p className={classes.title}>{title}</p>
      {children && <div className={classes.text}>{children}</div>}
      {action}
    </div>
  );
}

export function Loading({ label }: { label?: string }) {
  const t = useMessages(messages);
  return (
    <div className={classes.state} role="status" data-quiet>
      <Loader size="sm" type="dots" color="gray" />
      <span className="lh-hidden">{label ?? t.loading}</span>
    </div>
  );
}

interface ProblemProps {
  error: ApiError;
  onRetry?: () => void;
}

export function Problem({ error, onRetry }: ProblemProps) {
  const t = useMessages(messages);
  return (
    <div className={classes.state} role="alert">
      <span className={classes.icon} data-tone="error">
        <Icon name={error.offline ? "offline" : "warning"} size={24} />
      </span>
      <p className={classes.title}>{error.offline ? t.offline : t.problem}</p>
      {!error.offline && <p className={classes.text}>{error.detail}</p>}
      {error.status === 404 && <Link to="/projects">{t.toProjects}</Link>}
      {onRetry && (
        <Button variant="default" onClick={onRetry}>
          {t.tryAgain}
        </Button>
      )}
    </div>
  );
}

interface QueryLike<Data> {
  data: Data | undefined;
  error: ApiError | null;
  refetch: () => unknown;
}

/** Loading, then the problem or the data: `<Loaded query={project}>{(data) => …}</Loaded>`. */
export function Loaded<Data>({
  query,
  children,
}: {
  query: QueryLike<Data>;
  children: (data: Data) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Problem error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}

/** A line across the page that says what is wrong and how to mend it. */
export function Banner({
  tone,
  children,
  action,
}: {
  tone: "warn" | "error" | "info";
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className={classes.banner} data-tone={tone} role={tone === "error" ? "alert" : "status"}>
      <Icon name={tone === "info" ? "info" : "warning"} />
      <div className={classes.bannerText}>
        <div className={classes.bannerWords}>{children}</div>
        {action}
      </div>
    </div>
  );
}
