// Where one can go: the places of the rail and the sections of a project.
import type { Project, Role } from "@/api/types";
import type { IconName } from "@/ui/icons";

type PlaceName = "projects" | "datasets" | "status" | "tokens" | "account";
type SectionName =
  | "label"
  | "grid"
  | "overview"
  | "items"
  | "review"
  | "labelErrors"
  | "foreign"
  | "labelers"
  | "ownFigures"
  | "quality"
  | "runs"
  | "export"
  | "releases"
  | "members"
  | "settings";

export interface Place {
  name: PlaceName;
  to: string;
  icon: IconName;
  adminOnly?: boolean;
}

export const PLACES: readonly Place[] = [
  { name: "projects", to: "/projects", icon: "projects" },
  { name: "datasets", to: "/datasets", icon: "datasets" },
  { name: "status", to: "/status", icon: "status" },
];

/** What of a project decides which sections it has. */
type Shaping = Pick<Project, "task_type">;

export interface ProjectSection {
  name: SectionName;
  /** Under `/projects/:projectId/`. */
  path: string;
  icon: IconName;
  roles: readonly Role[];
  /** Only where the project wants it. */
  when?: (project: Shaping) => boolean;
}

const MANAGER: readonly Role[] = ["manager"];
const REVIEWER: readonly Role[] = ["manager", "reviewer"];
const ALL: readonly Role[] = ["manager", "reviewer", "labeler"];

export const SECTIONS: readonly ProjectSection[] = [
  { name: "overview", path: "", icon: "chart", roles: ALL },
  { name: "label", path: "label", icon: "label", roles: ALL },
  {
    name: "grid",
    path: "grid",
    icon: "datasets",
    roles: ALL,
    when: ({ task_type }) => task_type === "choice",
  },
  { name: "items", path: "items", icon: "image", roles: REVIEWER },
  { name: "review", path: "review", icon: "review", roles: REVIEWER },
  { name: "labelErrors", path: "label-errors", icon: "warning", roles: REVIEWER },
  {
    name: "foreign",
    path: "foreign",
    icon: "eye",
    roles: REVIEWER,
    when: ({ task_type }) => task_type === "choice",
  },
  { name: "labelers", path: "labelers", icon: "user", roles: REVIEWER },
  {
    name: "ownFigures",
    path: "my-figures",
    icon: "chart",
    roles: ["labeler"],
  },
  { name: "quality", path: "quality", icon: "quality", roles: REVIEWER },
  { name: "runs", path: "runs", icon: "runs", roles: REVIEWER },
  { name: "export", path: "export", icon: "export", roles: MANAGER },
  { name: "releases", path: "releases", icon: "box", roles: MANAGER },
  { name: "members", path: "members", icon: "users", roles: MANAGER },
  { name: "settings", path: "settings", icon: "settings", roles: MANAGER },
];

export function sectionsFor(role: Role | null, project: Shaping): readonly ProjectSection[] {
  if (role === null) return [];
  return SECTIONS.filter(({ roles, when }) => roles.includes(role) && (when?.(project) ?? true));
}
