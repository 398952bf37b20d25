"""Files that no row names go; everything that one names stays."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from active_learning.actions.publish import artifact_folder
from active_learning.actions.snapshot import snapshot_folder
from active_learning.actions.start import start_run
from active_learning.actions.sweep import sweep_folders
from active_learning.actions.train import work_folder
from tests.active_learning.conftest import MakeProject, trained


def test_only_what_no_row_names_is_removed(digits: MakeProject) -> None:
    project = digits(60, active=25)
    version = trained(project)
    run = start_run(project=project, trigger="by hand")
    kept = [snapshot_folder(version.run.snapshot.sha256), artifact_folder(version.sha256)]
    kept.append(work_folder(run))
    orphans = [Path(settings.MODELS_DIR) / "f00", work_folder(run).with_name("run-999999")]
    for folder in [*orphans, work_folder(run)]:
        folder.mkdir(parents=True)
    removed = sweep_folders(grace_seconds=0)
    assert set(orphans) <= set(removed)
    assert all(folder.is_dir() for folder in kept)


def test_young_folders_wait_for_their_row(digits: MakeProject) -> None:
    young = Path(settings.SNAPSHOTS_DIR) / "not-yet-named"
    young.mkdir(parents=True)
    assert young not in sweep_folders()
    assert young.is_dir()
