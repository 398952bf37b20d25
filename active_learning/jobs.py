"""Jobs of active learning: each takes ids and calls one action."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from active_learning.actions.chunks import FINISH, PREDICT, predict_chunk, sweep_predictions
from active_learning.actions.dataset_map import draw_map
from active_learning.actions.duplicates import check_duplicates, find_duplicates
from active_learning.actions.features import check_features, compute_features, pretrain_encoder
from active_learning.actions.foreign import find_foreign, judge_soon, projects_to_judge
from active_learning.actions.label_errors import find_label_errors
from active_learning.actions.order import projects_to_order, projects_to_schedule
from active_learning.actions.predictions import IMPORT, import_predictions
from active_learning.actions.publish import score_soon
from active_learning.actions.reschedule import place_votes, schedule_soon
from active_learning.actions.score import order_scored, score_items
from active_learning.actions.start import check_training
from active_learning.actions.sweep import sweep_folders
from active_learning.actions.train import train_model
from active_learning.models import PredictionTable, Scoring, ScoringChunk, TrainingRun
from annotations.models import Dataset, Project
from labelhub.jobs.claim import Claim

# An import opens tasks batch by batch: wait for a few of them.
IMPORT_PAUSE = timedelta(seconds=2)


def run_train_model(claim: Claim) -> None:
    run = TrainingRun.objects.select_related("project__schema", "snapshot")
    train_model(run=run.get(pk=claim.payload["run"]), claim=claim)


def run_import_predictions(claim: Claim) -> None:
    tables = PredictionTable.objects.select_related("project__schema", "created_by", "job")
    table = tables.filter(pk=claim.payload["predictions"]).first()
    if table is not None:
        import_predictions(table=table, claim=claim)


def run_score_items(claim: Claim) -> dict[str, Any] | None:
    project = Project.objects.get(pk=claim.payload["project"])
    scored = score_items(project=project, claim=claim)
    return asdict(scored) if scored else None


def run_predict_chunk(claim: Claim) -> dict[str, Any] | None:
    chunks = ScoringChunk.objects.select_related("scoring__project", "scoring__version")
    chunk = chunks.filter(pk=claim.payload["chunk"]).first()
    return {"bytes": predict_chunk(chunk=chunk, claim=claim)} if chunk else None


def run_order_scored(claim: Claim) -> dict[str, Any] | None:
    scorings = Scoring.objects.select_related("project", "version__run")
    scoring = scorings.filter(pk=claim.payload["scoring"]).first()
    scored = order_scored(scoring=scoring, claim=claim) if scoring else None
    return asdict(scored) if scored else None


def run_schedule_votes(claim: Claim) -> dict[str, Any]:
    project = Project.objects.get(pk=claim.payload["project"])
    return {"placed": place_votes(project=project)}


def run_compute_features(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return {"pictures": compute_features(dataset=dataset, claim=claim)} if dataset else None


def run_pretrain_encoder(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    return pretrain_encoder(dataset=dataset, claim=claim) if dataset else None


def run_find_duplicates(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    if dataset is None:
        return None
    report = find_duplicates(dataset=dataset, claim=claim)
    return {"items": report.items, "bound": report.bound}


def run_draw_map(claim: Claim) -> dict[str, Any] | None:
    dataset = Dataset.objects.filter(pk=claim.payload["dataset"]).first()
    if dataset is None:
        return None
    drawn = draw_map(dataset=dataset, claim=claim)
    return {"items": drawn.items, "skipped": drawn.skipped}


def run_find_label_errors(claim: Claim) -> None:
    find_label_errors(project=Project.objects.get(pk=claim.payload["project"]), claim=claim)


def run_find_foreign(claim: Claim) -> dict[str, Any] | None:
    project = Project.objects.get(pk=claim.payload["project"])
    report = find_foreign(project=project, claim=claim)
    return {"judged": report.judged, "flagged": report.flagged} if report else None


def check() -> None:
    """Look at new pictures, start the runs that are due, order and judge what waits for it."""
    check_features()
    check_duplicates()
    check_training()
    for project_id in projects_to_order():
        score_soon(project_id, IMPORT_PAUSE)
    for project_id in projects_to_schedule():
        schedule_soon(project_id)
    for project_id in projects_to_judge():
        judge_soon(project_id)


def sweep() -> None:
    """Remove files that no row names."""
    sweep_folders()
    sweep_predictions()


JOBS = {
    "train_model": run_train_model,
    IMPORT: run_import_predictions,
    "score_items": run_score_items,
    PREDICT: run_predict_chunk,
    FINISH: run_order_scored,
    "schedule_votes": run_schedule_votes,
    "compute_features": run_compute_features,
    "pretrain_encoder": run_pretrain_encoder,
    "draw_map": run_draw_map,
    "find_duplicates": run_find_duplicates,
    "find_label_errors": run_find_label_errors,
    "find_foreign": run_find_foreign,
}
PERIODIC = {
    "check_training": (2.0, "active_learning.jobs.check"),
    "sweep_learning_folders": (3600.0, "active_learning.jobs.sweep"),
}
