"""How alike labelers answer, all together and each against the others."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from annotations.consensus.agreement import krippendorff_interval, percent_agreement
from annotations.consensus.base import VoteTable
from annotations.models import Annotation, LabelersReport, Project
from annotations.reports.likeness import AT_ONCE, likeness_now
from annotations.reports.sample import Sample, SampledTask, sample_votes
from annotations.task_types import MERGED_TASK_TYPES

RESAMPLES = 300
Vote = tuple[int, int, str]  # task, labeler, category


def agreement_in(project: Project, sample: Sample | None = None) -> dict[str, Any]:
    """Return how alike the answers of a project are, without a look at every one of them.

    Merged answers go by the distance of the task type, never by how many are equal: a comma would
    turn two readings into disagreement. What the labelers' figures last found is returned while
    it is of all votes. With newer ones texts and sets are compared on the spot; of shapes, which
    takes longer, `since` tells how many answers are not in it yet.
    """
    if project.task_type not in MERGED_TASK_TYPES:
        return agreement_of(sample_votes(project) if sample is None else sample)
    report = LabelersReport.objects.filter(project=project).first()
    known = report is not None and bool(report.figures.get("tasks"))
    since = 0
    if report is not None:
        newer = Annotation.objects.filter(project=project, pk__gt=report.last_annotation)
        since = newer.filter(current=True, gold_right=None).order_by().count()
    if report is not None and known and not since:
        return by_distance(report.figures)
    if project.task_type in AT_ONCE:
        return by_distance(likeness_now(project))
    if report is not None and known:
        return by_distance(report.figures) | {"since": since}
    return agreement_of(Sample([], 0))


def by_distance(figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return agreement by distance, as labelers' figures hold it, in the shape of a report."""
    alpha, likeness = figures["alpha"], figures["agreement"]
    return {
        "alpha": alpha["estimate"],
        "alpha_low": alpha["low"],
        "alpha_high": alpha["high"],
        "percent": None if likeness is None else 100 * likeness,
        "tasks": figures["tasks"],
        "sampled": not figures["complete"],
        "by": "distance",
        "since": 0,
    }


def agreement_of(sample: Sample) -> dict[str, Any]:
    """Return Krippendorff's alpha with a 95 % bootstrap interval, and pairwise agreement."""
    shared = tuple(vote for task in sample.tasks if len(task.ballot) > 1 for vote in _votes(task))
    return dict(_figures(shared)) | {
        "sampled": not sample.complete,
        "by": "equal",
        "since": 0,
    }


def _votes(task: SampledTask) -> list[Vote]:
    return [(task.pk, labeler, category) for labeler, category in task.ballot]


@lru_cache(maxsize=32)
def _figures(votes: tuple[Vote, ...]) -> dict[str, Any]:
    """The bootstrap is what takes time; the same votes give the same figures."""
    none = {"alpha": None, "alpha_low": None, "alpha_high": None, "percent": None, "tasks": 0}
    if not votes:
        return none
    tasks, labelers, categories = zip(*votes, strict=True)
    table, *_ = VoteTable.encode(tasks, labelers, categories)
    alpha, low, high = krippendorff_interval(table, resamples=RESAMPLES)
    return {
        "alpha": _number(alpha),
        "alpha_low": _number(low),
        "alpha_high": _number(high),
        "percent": _number(100 * percent_agreement(table)),
        "tasks": table.n_items,
    }


def _number(value: float) -> float | None:
    """NaN, which JSON cannot hold, is where nothing can be said."""
    return None if math.isnan(value) else float(value)


def agreement_with_others(sample: Sample) -> dict[int, tuple[float, int]]:
    """Return for each labeler the share of answers that most others gave too, and of how many.

    Their own vote never counts. Of answers that are equally frequent among the others each counts
    by its share, so that a tie neither flatters nor blames.
    """
    agreed: dict[int, float] = defaultdict(float)
    compared: Counter[int] = Counter()
    for task in sample.tasks:
        counts = Counter(category for _, category in task.ballot)
        for labeler, category in task.ballot if len(task.ballot) > 1 else ():
            compared[labeler] += 1
            agreed[labeler] += _credit(counts, category)
    return {labeler: (agreed[labeler] / count, count) for labeler, count in compared.items()}


def _credit(counts: Counter[str], own: str) -> float:
    others = {category: count - (category == own) for category, count in counts.items()}
    best = max(others.values())
    return (others[own] == best) / sum(count == best for count in others.values())
