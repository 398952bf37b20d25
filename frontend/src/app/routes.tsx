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
const grid = screen(() => import("@/features/grid/GridScreen"), "GridScreen");
const items = screen(() => import("@/features/review/ItemsScreen"), "ItemsScreen");
const review = screen(() => import("@/features/review/ReviewScreen"), "ReviewScreen");
const quality = screen(() => import("@/features/quality/QualityScreen"), "QualityScreen");
const gold = screen(() => import("@/features/quality/GoldScreen"), "GoldScreen");
const anchoring = screen(() => import("@/features/quality/AnchoringScreen"), "AnchoringScreen");
const consensus = screen(() => import("@/features/quality/ConsensusScreen"), "ConsensusScreen");
const consensusRun = screen(
  () => import("@/features/quality/ConsensusRunScreen"),
  "ConsensusRunScreen",
);
const runs = screen(() => import("@/features/training/RunsScreen"), "RunsScreen");
const run = screen(() => import("@/features/training/RunScreen"), "RunScreen");
const labelErrors = screen(
  () => import("@/features/label-errors/LabelErrorsScreen"),
  "LabelErrorsScreen",
);
const foreign = screen(() => import("@/features/foreign/ForeignScreen"), "ForeignScreen");
const labelers = screen(() => import("@/features/labelers/LabelersScreen"), "LabelersScreen");
const labeler = screen(() => import("@/features/labelers/LabelerScreen"), "LabelerScreen");
const ownFigures = screen(() => import("@/features/labelers/OwnFiguresScreen"), "OwnFiguresScreen");
const settings = screen(() => import("@/features/projects/SettingsScreen"), "SettingsScreen");
const datasets = screen(() => import("@/features/datasets/DatasetsScreen"), "DatasetsScreen");
const dataset = screen(() => import("@/features/datasets/DatasetScreen"), "DatasetScreen");
const duplicates = screen(
  () => import("@/features/duplicates/DuplicatesScreen"),
  "DuplicatesScreen",
);
const takedowns = screen(() => import("@/features/takedowns/TakedownsScreen"), "TakedownsScreen");
const map = screen(() => import("@/features/map/MapScreen"), "MapScreen");
const exports_ = screen(() => import("@/features/exports/ExportScreen"), "ExportScreen");
const webhooks = screen(() => import("@/features/webhooks/WebhooksScreen"), "WebhooksScreen");
const releases = screen(() => import("@/features/releases/ReleasesScreen"), "ReleasesScreen");
const members = screen(() => import("@/features/members/MembersScreen"), "MembersScreen");
const invitation = screen(() => import("@/features/members/InvitationScreen"), "InvitationScreen");
const tokens = screen(() => import("@/features/tokens/TokensScreen"), "TokensScreen");
const status = screen(() => import("@/features/status/StatusScreen"), "StatusScreen");
const originals = screen(() => import("@/features/status/OriginalsScreen"), "OriginalsScreen");
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
        <Route path="projects/:projectId/grid" element={grid} />
        <Route path="projects/:projectId/items" element={items} />
        <Route path="projects/:projectId/review" element={review} />
        <Route path="projects/:projectId/label-errors" element={labelErrors} />
        <Route path="projects/:projectId/foreign" element={foreign} />
        <Route path="projects/:projectId/labelers" element={labelers} />
        <Route path="projects/:projectId/labelers/:labelerId" element={labeler} />
        <Route path="projects/:projectId/my-figures" element={ownFigures} />
        <Route path="projects/:projectId/quality" element={quality} />
        <Route path="projects/:projectId/quality/gold" element={gold} />
        <Route path="projects/:projectId/quality/proposals" element={anchoring} />
        <Route path="projects/:projectId/quality/consensus" element={consensus} />
        <Route path="projects/:projectId/quality/consensus/:runId" element={consensusRun} />
        <Route path="projects/:projectId/runs" element={runs} />
        <Route path="projects/:projectId/runs/:runId" element={run} />
        <Route path="projects/:projectId/export" element={exports_} />
        <Route path="projects/:projectId/releases" element={releases} />
        <Route path="projects/:projectId/members" element={members} />
        <Route path="projects/:projectId/settings" element={settings} />
        <Route path="projects/:projectId/settings/webhooks" element={webhooks} />
        <Route path="datasets" element={datasets} />
        <Route path="datasets/:datasetId" element={dataset} />
        <Route path="datasets/:datasetId/map" element={map} />
        <Route path="datasets/:datasetId/takedowns" element={takedowns} />
        <Route path="datasets/:datasetId/duplicates" element={duplicates} />
        <Route path="invitations/:code" element={invitation} />
        <Route path="tokens" element={tokens} />
        <Route path="status" element={status} />
        <Route path="status/originals" element={originals} />
        <Route path="account" element={account} />
        <Route path="*" element={<NotFound />} />
      </Route>
    </Routes>
  );
}
