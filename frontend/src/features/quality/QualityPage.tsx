// The frame of the quality screens: one title, and the parts side by side.
import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { useProject, useProjectId } from "@/api/project";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { messages } from "./messages";
import classes from "./Quality.module.css";

const PARTS = [
  ["confidence", "quality"],
  ["gold", "quality/gold"],
  ["consensus", "quality/consensus"],
  ["proposals", "quality/proposals"],
] as const;

interface QualityPageProps {
  description?: ReactNode;
  actions?: (project: Project) => ReactNode;
  children: (project: Project) => ReactNode;
}

export function QualityPage({ description, actions, children }: QualityPageProps) {
  const t = useMessages(messages);
  const id = useProjectId();
  const project = useProject(id);
  return (
    <Page
      title={t.title}
      description={description}
      actions={project.data && actions?.(project.data)}
      toolbar={
        <nav className={classes.tabs} aria-label={t.tabs}>
          {PARTS.map(([name, path]) => (
            <NavLink
              key={name}
              to={`/projects/${id}/${path}`}
              end={name === "confidence"}
              className={classes.tab}
            >
              {t[`tab_${name}`]}
            </NavLink>
          ))}
        </nav>
      }
    >
      <Loaded query={project}>{children}</Loaded>
    </Page>
  );
}
