// Where one can go: the places of the rail and the sections of a project.
import type { Role } from "@/api/types";
import type { IconName } from "@/ui/icons";

type PlaceName = "projects" | "datasets" | "status" | "tokens" | "account";
type SectionName =
  | "label"
  | "overview"
  | "items"
  | "review"
  | "runs"
  | "export"
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

export interface ProjectSection {
  name: SectionName;
  /** Under `/projects/:projectId/`. */
  path: string;
  icon: IconName;
  roles: readonly Role[];
}

const MANAGER: readonly Role[] = ["manager"];
const REVIEWER: readonly Role[] = ["manager", "reviewer"];
const ALL: readonly Role[] = ["manager", "reviewer", "labeler"];

export const SECTIONS: readonly ProjectSection[] = [
  { name: "overview", path: "", icon: "chart", roles: ALL },
  { name: "label", path: "label", icon: "label", roles: ALL },
  { name: "items", path: "items", icon: "image", roles: REVIEWER },
  { name: "review", path: "review", icon: "review", roles: REVIEWER },
  { name: "runs", path: "runs", icon: "runs", roles: REVIEWER },
  { name: "export", path: "export", icon: "export", roles: MANAGER },
  { name: "members", path: "members", icon: "users", roles: MANAGER },
  { name: "settings", path: "settings", icon: "settings", roles: MANAGER },
];

export function sectionsFor(role: Role | null): readonly ProjectSection[] {
  return role === null ? [] : SECTIONS.filter((section) => section.roles.includes(role));
}
