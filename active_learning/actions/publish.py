"""Publish a model version: keep its artifact by content, and let it serve if it is not worse."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from active_learning.actions.folders import move_into_place
from active_learning.actions.shared_folders import folder_at_hand, folder_exists, share_folder
from active_learning.models import ModelVersion, TrainingRun
from annotations.actions.webhooks import tell
from annotations.models import Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Unavailable
from labelhub.jobs.clock import in_future
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

DESCRIPTION = "artifact.json"
# A scoring that failed for good is tried again by itself, but not all the time.
AFTER_FAILURE = timedelta(minutes=10)


class ArtifactMissing(Unavailable):
    """A version's folder is not on this machine's disk, nor in the shared storage."""

    code = "artifact_missing"


@dataclass(frozen=True)
class Artifact:
    """A folder with weights and everything that is needed to predict with them."""

    folder: Path
    sha256: str
    description: dict[str, Any]

    @property
    def metrics(self) -> dict[str, Any]:
        return dict(self.description.get("metrics") or {})

    @property
    def lineage(self) -> dict[str, Any]:
        return dict(self.description.get("lineage") or {})


def read_artifact(folder: Path) -> Artifact:
    """Name a folder by its description, which holds the checksum of the weights."""
    data = (folder / DESCRIPTION).read_bytes()
    return Artifact(folder, hashlib.sha256(data).hexdigest(), json.loads(data))


def artifact_folder(sha256: str) -> Path:
    """Return where the artifact of this content lies."""
    return Path(settings.MODELS_DIR) / sha256


def keep_artifact(folder: Path) -> Artifact:
    """Move a freshly written artifact to its place among the models, for all machines."""
    artifact = read_artifact(folder)
    place = artifact_folder(artifact.sha256)
    move_into_place(folder, place)
    share_folder(place)
    return Artifact(place, artifact.sha256, artifact.description)


def serving_version(project: Project) -> ModelVersion | None:
    """Return the version whose predictions order the queue, or None."""
    return project.model_versions.filter(serving=True).select_related("run").first()


def folder_of(version: ModelVersion) -> Path:
    """Return a version's artifact, fetched if another machine made it; or raise ArtifactMissing."""
    folder = folder_at_hand(artifact_folder(version.sha256))
    if folder is None or not (folder / DESCRIPTION).is_file():
        raise _files_missing(version)
    return folder


def _files_missing(version: ModelVersion) -> ArtifactMissing:
    return ArtifactMissing(
        f"The files of model version {version.number} are missing: models/{version.sha256}."
    )


def record_version(*, run: TrainingRun, artifact: Artifact, serve: bool) -> ModelVersion:
    """Add the run's version in the caller's transaction; `serve` makes it the serving one."""
    # Versions from elsewhere come while one is trained: they get their numbers one by one.
    Project.objects.select_for_update().filter(pk=run.project_id).values_list("pk").first()
    last = run.project.model_versions.aggregate(last=Max("number"))["last"] or 0
    version = ModelVersion.objects.create(
        project_id=run.project_id,
        run=run,
        number=last + 1,
        sha256=artifact.sha256,
        metrics=artifact.metrics,
    )
    if serve:
        serve_version(version)
    return version


def serve_version(version: ModelVersion) -> None:
    """Point the project to this version and have the pool scored, in the caller's transaction."""
    others = ModelVersion.objects.filter(project=version.project_id, serving=True)
    others.exclude(pk=version.pk).update(serving=False)
    ModelVersion.objects.filter(pk=version.pk).update(serving=True)
    version.serving = True
    score_soon(version.project_id)
    told = {"version": version.number, "run": version.run_id}
    tell("model.promoted", version.project_id, told)


def score_soon(project_id: int, delay: timedelta | None = None) -> Job:
    """Have a project's open tasks scored and its queue re-ordered."""
    return enqueue(
        "score_items",
        payload={"project": project_id},
        queue=Job.Queue.SCORE,
        dedupe_key=scoring_key(project_id),
        project_id=project_id,
        run_after=delay,
    )


def scoring_key(project_id: int) -> str:
    """Return the key by which scorings of one project coalesce."""
    return f"score:{project_id}"


def resting_projects() -> set[str]:
    """Return the scoring keys for which nothing should be asked: one is on its way, or has just
    failed."""
    failed = Q(state=Job.State.FAILED, finished_at__gt=in_future(-AFTER_FAILURE))
    kinds = ("score_items", "predict_chunk", "order_scored")
    recent = Job.objects.filter(Q(state__in=Job.UNFINISHED) | failed, kind__in=kinds)
    projects = recent.values_list("project_id", flat=True).distinct()
    return {scoring_key(project) for project in projects if project is not None}


def promote_version(*, version: ModelVersion, by: User) -> ModelVersion:
    """Make a version serve because a person says so, newer or older than the present one."""
    if not folder_exists(artifact_folder(version.sha256)):
        raise _files_missing(version)
    try:
        with transaction.atomic():
            serve_version(version)
            AuditEvent.record(
                "model.promoted", actor=by, project_id=version.project_id, version=version.number
            )
    except IntegrityError:
        raise Conflict("Another version was promoted at the same moment; look again.") from None
    return version
