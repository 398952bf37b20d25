"""Jobs of active learning: each takes ids and calls one action."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from active_learning.actions.features import check_features, compute_features, pretrain_encoder
from active_learning.actions.order import projects_to_order
from active_learning.actions.publish import score_soon
from active_learning.actions.score import score_items
from active_learning.actions.start import check_training
from active_learning.actions.sweep import sweep_folders
from active_learning.actions.train import train_model
from active_learning.models import TrainingRun
from annotations.models import Dataset, Project
from labelhub.jobs.claim import Claim

# An import opens tasks batch by batch: wait for a few of them.
IMPORT_PAUSE = timedelta(seconds=2)


def run_train_model(claim: Claim) -> None:
    run = TrainingRun.objects.select_related("project__schema", "snapshot")
    train_model(run=run.get(pk=claim.payload["run"]), claim=claim)


def run_score_items(claim: Claim) -> dict[str, Any] | None:
    project = Project.objects.get(pk=claim.payload["project"])
    scored = score_items(project=project, claim=claim)
    return asdict(scored) if scored else None


def run_compute_features(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return {"pictures": compute_features(dataset=dataset, claim=claim)} if dataset else None


def run_pretrain_encoder(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return pretrain_encoder(dataset=dataset, claim=claim) if dataset else None


def check() -> None:
    """Look at new pictures, start the runs that are due, order the queues that wait for it."""
    check_features()
    check_training()
    for project_id in projects_to_order():
        score_soon(project_id, IMPORT_PAUSE)


def sweep() -> None:
    """Remove files that no row names."""
    sweep_folders()


JOBS = {
    "train_model": run_train_model,
    "score_items": run_score_items,
    "compute_features": run_compute_features,
    "pretrain_encoder": run_pretrain_encoder,
}
PERIODIC = {
    "check_training": (2.0, "active_learning.jobs.check"),
    "sweep_learning_folders": (3600.0, "active_learning.jobs.sweep"),
}
