// Changing a project: question, labels, rules, guidelines, and whether it goes on.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { Link } from "react-router";
import { roleIn, useProject, useProjectId } from "@/api/project";
import { useUser } from "@/api/session";
import type { NewProject, Project, ProjectState } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { notify, notifyProblem } from "@/ui/notify";
import { Page, Section } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { Tag } from "@/ui/Tag";
import { ExamplesSection } from "./ExamplesSection";
import { messages } from "./messages";
import { PairsSection } from "./PairsSection";
import { PrelabelsSection } from "./PrelabelsSection";
import { ProjectForm } from "./ProjectForm";
import { useChangeProject } from "./requests";
import { settingsOf, valuesOf } from "./rule";
import classes from "./SettingsScreen.module.css";
import { draftOfSchema, type TypeName } from "./typeDraft";

export function SettingsScreen() {
  const t = useMessages(messages);
  const user = useUser();
  const project = useProject(useProjectId());
  return (
    <Page
      title={t.settingsTitle}
      actions={
        project.data &&
        roleIn(project.data, user) === "manager" && (
          <Button
            component={Link}
            to={`/projects/${project.data.id}/settings/webhooks`}
            variant="default"
          >
            {t.webhooks}
          </Button>
        )
      }
    >
      <Loaded query={project}>
        {(data) =>
          roleIn(data, user) === "manager" ? (
            // A new version of the labels starts the form afresh.
            <Settings key={`${data.id}.${data.schema.version}`} project={data} />
          ) : (
            <Empty icon="settings" title={t.onlyManagers} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Settings({ project }: { project: Project }) {
  const t = useMessages(messages);
  const change = useChangeProject(project.id);
  const initial = useMemo(() => valuesOf(project), [project]);
  const draft = useMemo(
    () => draftOfSchema(project.task_type as TypeName, project.schema.document),
    [project],
  );
  return (
    <ProjectForm
      initial={initial}
      initialDraft={draft}
      pairs={project.task_type === "pair" ? project.progress.tasks : undefined}
      nextVersion={project.schema.version + 1}
      saveLabel={t.save}
      saving={change.isPending}
      onSave={async (values, _, document) => {
        await change.mutateAsync({ ...changesOf(settingsOf(values)), schema: document });
        notify(t.saved);
      }}
    >
      {project.task_type === "pair" ? (
        <PairsSection project={project} />
      ) : (
        <PrelabelsSection project={project} />
      )}
      {Array.isArray(project.schema.document.labels) && <ExamplesSection project={project} />}
      <StateSection project={project} />
    </ProjectForm>
  );
}

/** Dataset, parts and random share were fixed when the tasks were opened. */
function changesOf(settings: Omit<NewProject, "schema" | "task_type">) {
  const { dataset: _, splits: __, random_share: ___, ...changes } = settings;
  return changes;
}

type StateAction = "pause" | "resume" | "finish" | "archive" | "reopen";

const NEXT: Record<ProjectState, readonly [StateAction, ProjectState][]> = {
  active: [
    ["pause", "paused"],
    ["finish", "finished"],
  ],
  paused: [
    ["resume", "active"],
    ["finish", "finished"],
  ],
  finished: [
    ["reopen", "active"],
    ["archive", "archived"],
  ],
  archived: [["reopen", "active"]],
};

function StateSection({ project }: { project: Project }) {
  const t = useMessages(messages);
  const change = useChangeProject(project.id);
  return (
    <Section title={t.stateSection}>
      <div className={classes.state}>
        <Tag tone={project.state === "paused" ? "warn" : "neutral"}>
          {t[`state_${project.state}`]}
        </Tag>
        <span className={classes.text}>{t[`${project.state}Text`]}</span>
        {NEXT[project.state].map(([action, state]) => (
          <Button
            key={action}
            variant="default"
            loading={change.isPending && change.variables?.state === state}
            onClick={() => change.mutate({ state }, { onError: notifyProblem })}
          >
            {t[action]}
          </Button>
        ))}
      </div>
    </Section>
  );
}
