"""How alike labelers answer, all together and each against the others."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

from annotations.consensus.agreement import krippendorff_interval, percent_agreement
from annotations.consensus.base import VoteTable
from annotations.reports.sample import Sample, SampledTask

RESAMPLES = 300
Vote = tuple[int, int, str]  # task, labeler, category


def agreement_of(sample: Sample) -> dict[str, Any]:
    """Return Krippendorff's alpha with a 95 % bootstrap interval, and pairwise agreement."""
    shared = tuple(vote for task in sample.tasks if len(task.ballot) > 1 for vote in _votes(task))
    return dict(_figures(shared)) | {"sampled": not sample.complete}


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
