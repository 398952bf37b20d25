// Every address and its screen. Screens load when they are first needed: each is a component in
// `features/<name>/<Screen>.tsx`, exported by that name.
import { type ComponentType, lazy } from "react";
import { Navigate, Route, Routes } from "react-router";
import { CrashGuard, NotFound } from "./Fallbacks";
import { Shell } from "./Shell";

type Loader = () => Promise<Record<string, unknown>>;

/** `screen(() => import("@/features/label/LabelScreen"), "LabelScreen")` */
function screen(load: Loader, name: string) {
  const Screen = lazy(async () => ({ default: (await load())[name] as ComponentType }));
  return (
    <CrashGuard>
      <Screen />
    </CrashGuard>
  );
}

const label = screen(() => import("@/features/label/LabelScreen"), "LabelScreen");
const projects = screen(() => import("@/features/projects/ProjectsScreen"), "ProjectsScreen");
const create = screen(
  () => import("@/features/projects/CreateProjectScreen"),
  "CreateProjectScreen",
);
const overview = screen(() => import("@/features/overview/OverviewScreen"), "OverviewScreen");
const items = screen(() => import("@/features/review/ItemsScreen"), "ItemsScreen");
const review = screen(() => import("@/features/review/ReviewScreen"), "ReviewScreen");
const runs = screen(() => import("@/features/training/RunsScreen"), "RunsScreen");
const run = screen(() => import("@/features/training/RunScreen"), "RunScreen");
const settings = screen(() => import("@/features/projects/SettingsScreen"), "SettingsScreen");
const datasets = screen(() => import("@/features/datasets/DatasetsScreen"), "DatasetsScreen");
const dataset = screen(() => import("@/features/datasets/DatasetScreen"), "DatasetScreen");
const exports_ = screen(() => import("@/features/exports/ExportScreen"), "ExportScreen");
const members = screen(() => import("@/features/members/MembersScreen"), "MembersScreen");
const invitation = screen(() => import("@/features/members/InvitationScreen"), "InvitationScreen");
const tokens = screen(() => import("@/features/tokens/TokensScreen"), "TokensScreen");
const status = screen(() => import("@/features/status/StatusScreen"), "StatusScreen");
const account = screen(() => import("@/features/account/AccountScreen"), "AccountScreen");

export function Screens() {
  return (
    <Routes>
      <Route element={<Shell />}>
        <Route index element={<Navigate to="/projects" replace />} />
        <Route path="projects" element={projects} />
        <Route path="projects/new" element={create} />
        <Route path="projects/:projectId" element={overview} />
        <Route path="projects/:projectId/label" element={label} />
        <Route path="projects/:projectId/items" element={items} />
        <Route path="projects/:projectId/review" element={review} />
        <Route path="projects/:projectId/runs" element={runs} />
        <Route path="projects/:projectId/runs/:runId" element={run} />
        <Route path="projects/:projectId/export" element={exports_} />
        <Route path="projects/:projectId/members" element={members} />
        <Route path="projects/:projectId/settings" element={settings} />
        <Route path="datasets" element={datasets} />
        <Route path="datasets/:datasetId" element={dataset} />
        <Route path="invitations/:code" element={invitation} />
        <Route path="tokens" element={tokens} />
        <Route path="status" element={status} />
        <Route path="account" element={account} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
