// The project at hand, which the shell and most screens need.
import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { client, unwrap } from "./client";
import { keys } from "./query";
import type { ChoiceDocument, Project, Role, SignedInUser } from "./types";

export function useProject(id: number) {
  return useQuery({
    queryKey: keys.project(id),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/", { params: { path: { project_id: id } } }),
      ) as Promise<Project>,
    enabled: Number.isInteger(id),
  });
}

/** The number in the address: `/projects/:projectId/…`. */
export function useProjectId(): number {
  return Number(useParams().projectId);
}

/** What the user may do in the project; site admins may do all. */
export function roleIn(
  project: { my_role: Role | null },
  user: Pick<SignedInUser, "is_admin">,
): Role | null {
  return user.is_admin ? "manager" : project.my_role;
}

/** The labels of a project; none where the question has no labels, such as what a line says. */
export function choiceDocument(project: Pick<Project, "schema">): ChoiceDocument {
  const { labels } = project.schema.document;
  return { labels: Array.isArray(labels) ? (labels as unknown as ChoiceDocument["labels"]) : [] };
}
