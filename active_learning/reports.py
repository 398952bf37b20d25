"""Read-only figures for the report: the learning curve of both arms, and the serving model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from active_learning.learning.prediction_table import TABLE
from active_learning.models import ModelVersion, TrainingRun
from annotations.models import Project


def learning_curve(project: Project) -> dict[str, list[dict[str, Any]]]:
    """Return accuracy against votes spent, for the active arm and for the uniform control.

    Active: measured on uniformly drawn items that were never trained on. Random: every uniform
    item predicted by a model of the other uniform items. Both against settled labels, each arm
    over its own votes, oldest first.
    """
    done = project.runs.filter(state=TrainingRun.State.DONE).select_related("version")
    done = done.exclude(recipe=TABLE)  # what was learned elsewhere is no point on this curve
    points: dict[str, list[dict[str, Any]]] = {"active": [], "random": []}
    for run in done.order_by("pk"):
        points[run.arm] += _point(run)
    return points


def _point(run: TrainingRun) -> Iterator[dict[str, Any]]:
    figures = held_out(run.metrics)
    if figures is None:
        return
    version = getattr(run, "version", None)
    yield {
        "run": run.pk,
        "version": version.number if version else None,
        "recipe": run.recipe,
        "votes": run.metrics.get("votes", run.votes),
        "labels": run.metrics.get("labels", 0),
        "accuracy": figures["accuracy"],
        "low": figures["low"],
        "high": figures["high"],
        "holdout": figures["count"],
        "at": run.finished_at,
    }


def held_out(metrics: dict[str, Any]) -> dict[str, Any] | None:
    """Return the holdout's figures, None where no held-out item was there."""
    figures = metrics.get("holdout") or {}
    return figures if figures.get("count") else None


def model_summary(project: Project) -> dict[str, Any] | None:
    """Return what the serving version is and how good, None while there is none."""
    serving = ModelVersion.objects.filter(project=project, serving=True)
    version = serving.select_related("run").first()
    if version is None:
        return None
    figures = held_out(version.metrics) or {}
    return {
        "version": version.number,
        "run": version.run_id,
        "recipe": version.run.recipe,
        "labels": version.run.metrics.get("labels", 0),
        "accuracy": figures.get("accuracy"),
        "low": figures.get("low"),
        "high": figures.get("high"),
        "holdout": figures.get("count", 0),
        "ece": figures.get("ece"),
        "recall": figures.get("recall", {}),
        "created_at": version.created_at,
    }
