"""Who answered how much, how well and how fast."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from statistics import median
from typing import Any

from django.db.models import Count

from annotations.consensus.fit import CategoricalFit
from annotations.models import Annotation, ConsensusFit, Project
from annotations.reports.agreement import agreement_with_others
from annotations.reports.pace import Recent
from annotations.reports.sample import Sample
from annotations.task_types import TASK_TYPES
from labelhub.accounts.models import User


def labeler_rows(
    project: Project, sample: Sample, recent: Recent, *, votes: int, only: int | None = None
) -> list[dict[str, Any]]:
    """Return one row per labeler with votes, most votes first; `only` that of one of them.

    `votes` is how many votes the project has by its tasks.
    """
    counts = votes_by_labeler(project, votes)
    if only is not None:
        counts = {only: counts.get(only, 0)}
    agreement, medians = agreement_with_others(sample), median_durations(recent)
    fit = open_fit(project.fit_id) if project.task_type in TASK_TYPES else None
    people = User.objects.in_bulk(list(counts))
    rows = []
    for labeler, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        share, compared = agreement.get(labeler, (None, 0))
        rows.append(
            {
                "id": labeler,
                "name": people[labeler].shown_name if labeler in people else "",
                "votes": count,
                **skill_of(fit, labeler),
                "agreement": share,
                "compared": compared,
                "median_ms": medians.get(labeler),
            }
        )
    return rows


def votes_by_labeler(project: Project, votes: int) -> dict[int, int]:
    """Count the votes of each labeler; superseded answers are no votes.

    Counting all answers needs the index alone, so the rows are looked at only where some answers
    are superseded.
    """
    answers = Annotation.objects.filter(project=project).order_by()
    by_labeler = answers.values_list("labeler").annotate(count=Count("pk"))
    counts = dict(by_labeler)
    return counts if sum(counts.values()) == votes else dict(by_labeler.filter(current=True))


def median_durations(recent: Recent) -> dict[int, int]:
    """Return each labeler's median time per answer over the recent ones, in milliseconds."""
    durations: dict[int, list[int]] = defaultdict(list)
    for _, labeler, milliseconds in recent.rows:
        if milliseconds is not None:
            durations[labeler].append(milliseconds)
    return {labeler: round(median(values)) for labeler, values in durations.items()}


def skill_of(fit: CategoricalFit | None, labeler: int) -> dict[str, float | None]:
    """Return a labeler's share of right answers by the fit, with its 95 % interval."""
    if fit is None or labeler not in fit.labelers():
        return {"skill": None, "skill_low": None, "skill_high": None}
    skill = fit.skill(labeler)
    return {"skill": skill.estimate, "skill_low": skill.low, "skill_high": skill.high}


@lru_cache(maxsize=16)
def open_fit(fit_id: int | None) -> CategoricalFit | None:
    """Fits never change, so they can be kept by id."""
    if fit_id is None:
        return None
    return CategoricalFit.from_json(
        ConsensusFit.objects.values_list("state", flat=True).get(pk=fit_id)
    )
