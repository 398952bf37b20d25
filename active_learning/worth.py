"""What active learning is worth so far, and whether more votes would be: figures and advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Avg, F

from active_learning.learning.learning_curve import (
    FEWEST_POINTS,
    Estimate,
    Point,
    PowerLaw,
    fit_power_law,
    gain,
    labels_saved,
)
from active_learning.learning.stopping import advise
from active_learning.models import TrainingRun
from active_learning.reports import learning_curve
from annotations.models import Project, Task

NEXT_VOTES = 100
TREND_POINTS = 24
AHEAD = 1.5  # how far beyond the votes so far the trend is drawn


def learning_worth(project: Project) -> dict[str, Any]:
    """Return the votes saved so far, the gain that the next ones promise, and stop advice.

    Both curves run over the votes of their own arm. Each figure is None while there are too few
    points to tell.
    """
    curve = learning_curve(project)
    active, random = (_points(curve[arm]) for arm in ("active", "random"))
    next_gain = _next_gain(active)
    return {
        "saved": _document(_saved(active, random)),
        "next_gain": _document(next_gain),
        "trend": _trend(active, random),
        "advice": stop_advice(project, next_gain) if active else None,
    }


def stop_advice(project: Project, next_gain: Estimate | None) -> dict[str, Any]:
    """Advise by how much models still change, what votes still bring, and how sure labels are."""
    versions = project.model_versions.filter(run__arm=TrainingRun.Arm.ACTIVE).order_by("number")
    kappas = [
        float(kappa)
        for kappa in versions.values_list("metrics__kappa", flat=True)
        if kappa is not None
    ]
    settled = Task.objects.filter(
        project=project, status=Task.Status.SETTLED, adjudicated=False, confidence__isnull=False
    )
    doubt = settled.aggregate(doubt=Avg(1.0 - F("confidence")))["doubt"]
    advice = advise(kappas, next_gain, doubt, 1.0 - project.confidence)
    return {"stop": advice.stop, "reasons": list(advice.reasons)}


def _points(rows: Sequence[dict[str, Any]]) -> tuple[Point, ...]:
    """One point per number of votes, of the last run there."""
    by_votes = {row["votes"]: row for row in rows if row["votes"]}
    return tuple(
        Point(float(votes), row["accuracy"] * row["holdout"], float(row["holdout"]))
        for votes, row in sorted(by_votes.items())
    )


@lru_cache(maxsize=64)
def _saved(active: tuple[Point, ...], random: tuple[Point, ...]) -> Estimate | None:
    if min(len(active), len(random)) < FEWEST_POINTS:
        return None
    return labels_saved(active, random)


@lru_cache(maxsize=64)
def _next_gain(active: tuple[Point, ...]) -> Estimate | None:
    return gain(active, NEXT_VOTES) if len(active) >= FEWEST_POINTS else None


@lru_cache(maxsize=64)
def _law(points: tuple[Point, ...]) -> PowerLaw | None:
    return fit_power_law(points) if len(points) >= FEWEST_POINTS else None


def _trend(active: tuple[Point, ...], random: tuple[Point, ...]) -> list[dict[str, Any]]:
    laws = {"active": _law(active), "random": _law(random)}
    if not any(laws.values()):
        return []
    votes = [point.labels for point in active + random]
    places = np.unique(np.geomspace(min(votes), max(votes) * AHEAD, TREND_POINTS).astype(int))
    return [
        {"votes": place}
        | {arm: None if law is None else round(float(law.at(place)), 4)
           for arm, law in laws.items()}
        for place in places.tolist()
    ]  # fmt: skip


def _document(found: Estimate | None) -> dict[str, Any] | None:
    return None if found is None else asdict(found)
