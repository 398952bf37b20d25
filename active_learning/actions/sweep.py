"""Sweep: remove snapshots, artifacts, features and working folders that no row names any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from active_learning.actions.shared_folders import sweep_shared
from active_learning.actions.start import UNFINISHED
from active_learning.models import DatasetFeatures, ModelVersion, Snapshot, TrainingRun
from annotations.models import Dataset

# Files come before their rows; after a day without one, nothing will ever name them.
GRACE_SECONDS = 24 * 3600.0


def sweep_folders(*, grace_seconds: float = GRACE_SECONDS) -> list[Path]:
    """Remove what is older than the grace and named by no row; returns what was removed."""
    snapshots, models = Path(settings.SNAPSHOTS_DIR), Path(settings.MODELS_DIR)
    named = set(Snapshot.objects.values_list("sha256", flat=True))
    named |= set(ModelVersion.objects.values_list("sha256", flat=True))
    named |= set(DatasetFeatures.objects.values_list("encoder", flat=True))
    named |= set(TrainingRun.objects.values_list("weights", flat=True))
    named |= {f"run-{pk}" for pk in _unfinished_runs()} | {".work"}
    datasets = [str(pk) for pk in Dataset.objects.values_list("pk", flat=True)]
    named |= {name for pk in datasets for name in (pk, f"encoder-{pk}")}
    removed = []
    for folder in (snapshots, models, models / ".work", Path(settings.FEATURES_DIR)):
        for path in _older_than(folder, grace_seconds):
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)
                removed.append(path)
    for folder in (snapshots, models, Path(settings.FEATURES_DIR)):
        sweep_shared(folder, named, older_than=grace_seconds)
    return removed


def _unfinished_runs() -> Iterator[int]:
    return iter(TrainingRun.objects.filter(state__in=UNFINISHED).values_list("pk", flat=True))


def _older_than(folder: Path, seconds: float) -> list[Path]:
    if not folder.is_dir():
        return []
    limit = time.time() - seconds
    return [path for path in sorted(folder.iterdir()) if path.stat().st_mtime <= limit]
