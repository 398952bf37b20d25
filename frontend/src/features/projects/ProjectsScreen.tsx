// All projects of the user, with how far they are and the way to the next task.
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { useSampleItems } from "@/api/datasets";
import { roleIn } from "@/api/project";
import { useUser } from "@/api/session";
import type { Project } from "@/api/types";
import { settledShare, TaskProgress } from "@/charts/TaskProgress";
import { formatPercent, useMessages } from "@/i18n/messages";
import { Icon } from "@/ui/icons";
import { Mosaic } from "@/ui/Mosaic";
import { Page } from "@/ui/Page";
import { Empty, Loading, Problem } from "@/ui/states";
import { Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";
import classes from "./ProjectsScreen.module.css";
import { useProjects } from "./requests";

const MANY = 8;

export function ProjectsScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const { rows, query } = useProjects();
  const [wanted, setWanted] = useState("");
  const [archivedToo, setArchivedToo] = useState(false);
  const mayCreate = user.is_admin || rows.some((project) => project.my_role === "manager");
  const archived = rows.filter((project) => project.state === "archived").length;
  const shown = rows
    .filter((project) => archivedToo || project.state !== "archived")
    .filter((project) => matches(project, wanted));
  const create = (
    <Button component={Link} to="/projects/new" leftSection={<Icon name="plus" />}>
      {t.newProject}
    </Button>
  );
  return (
    <Page
      title={t.title}
      actions={
        <>
          {rows.length > MANY && <Search value={wanted} onChange={setWanted} />}
          {mayCreate && rows.length > 0 && (
            <Button
              component={Link}
              to="/projects/new"
              variant="default"
              leftSection={<Icon name="plus" />}
            >
              {t.newProject}
            </Button>
          )}
        </>
      }
    >
      {query.isPending && <Loading />}
      {query.error && rows.length === 0 && (
        <Problem error={query.error} onRetry={() => void query.refetch()} />
      )}
      {query.isSuccess && rows.length === 0 && (
        <Empty icon="projects" title={t.emptyTitle} action={user.is_admin ? create : undefined}>
          {user.is_admin ? t.emptyManager : t.emptyLabeler}
        </Empty>
      )}
      {rows.length > 0 && shown.length === 0 && archived === 0 && (
        <Empty icon="search" title={t.noMatch} />
      )}
      {shown.length > 0 && (
        <ul className={classes.list}>
          {shown.map((project) => (
            <Row key={project.id} project={project} />
          ))}
        </ul>
      )}
      {archived > 0 && !archivedToo && (
        <button type="button" className={classes.more} onClick={() => setArchivedToo(true)}>
          {t.archivedToo(archived)}
        </button>
      )}
    </Page>
  );
}

function matches(project: Project, wanted: string): boolean {
  const text = `${project.name} ${project.question} ${project.dataset.name}`.toLowerCase();
  return text.includes(wanted.trim().toLowerCase());
}

function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const t = useMessages(messages);
  return (
    <TextInput
      type="search"
      aria-label={t.findProject}
      placeholder={t.findProject}
      leftSection={<Icon name="search" />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const STATE_TONE: Record<Project["state"], Tone> = {
  active: "neutral",
  paused: "warn",
  finished: "ok",
  archived: "neutral",
};

function Row({ project }: { project: Project }) {
  const t = useMessages(messages);
  const user = useUser();
  const role = roleIn(project, user);
  const seesItems = role === "manager" || role === "reviewer";
  const sample = useSampleItems(project.dataset.id, 4, seesItems);
  return (
    <li className={classes.row}>
      <Mosaic items={sample.data} />
      <div className={classes.names}>
        <div className={classes.nameLine}>
          <Link to={`/projects/${project.id}`} className={classes.name}>
            {project.name}
          </Link>
          {project.state !== "active" && (
            <Tag tone={STATE_TONE[project.state]}>{t[`state_${project.state}`]}</Tag>
          )}
        </div>
        <div className={classes.question}>
          {project.question}
          <span className={classes.dataset}> · {project.dataset.name}</span>
        </div>
      </div>
      <Standing project={project} />
      <Actions project={project} reviews={seesItems} />
    </li>
  );
}

function Standing({ project }: { project: Project }) {
  const t = useMessages(messages);
  const { progress } = project;
  return (
    <div className={classes.standing}>
      <TaskProgress progress={progress} />
      <div className={classes.figures}>
        <span>
          {progress.tasks === 0 ? t.noTasks : t.settledOf(progress.settled, progress.tasks)}
        </span>
        {progress.disputed > 0 && (
          <span className={classes.disputed}>{t.disputed(progress.disputed)}</span>
        )}
        <strong className={classes.share}>{formatPercent(settledShare(progress), 0)}</strong>
      </div>
    </div>
  );
}

function Actions({ project, reviews }: { project: Project; reviews: boolean }) {
  const t = useMessages(messages);
  const { open, disputed, tasks } = project.progress;
  return (
    <div className={classes.actions}>
      {reviews && disputed > 0 && (
        <Button
          component={Link}
          to={`/projects/${project.id}/review`}
          variant="default"
          aria-label={t.reviewIn(project.name)}
        >
          {t.review}
        </Button>
      )}
      {!reviews && (
        <Button
          component={Link}
          to={`/projects/${project.id}/my-figures`}
          variant="default"
          aria-label={t.myWorkIn(project.name)}
        >
          {t.myWork}
        </Button>
      )}
      {project.state === "active" && open > 0 ? (
        <Button
          component={Link}
          to={`/projects/${project.id}/label`}
          aria-label={t.labelIn(project.name)}
        >
          {t.label}
        </Button>
      ) : (
        <Button component={Link} to={`/projects/${project.id}`} variant="default">
          {tasks === 0 ? t.open : t.results}
        </Button>
      )}
    </div>
  );
}
