"""Who answered how much, how well and how fast."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from statistics import median
from typing import Any

from django.db.models import Count, QuerySet

from annotations.consensus.fit import CategoricalFit
from annotations.models import Annotation, ConsensusFit, LabelerFigures, Project
from annotations.reports.agreement import agreement_with_others
from annotations.reports.names import Name, name_for
from annotations.reports.pace import Recent
from annotations.reports.sample import Sample
from annotations.task_types import MERGED_TASK_TYPES, TASK_TYPES
from labelhub.accounts.models import User


def labeler_rows(
    project: Project, sample: Sample, recent: Recent, *, votes: int, only: int | None = None
) -> list[dict[str, Any]]:
    """Return one row per labeler with votes, most votes first; `only` that of one of them.

    `votes` is how many votes the project has by its tasks.
    """
    counts = votes_by_labeler(project, votes) if only is None else answers_of(project, only)
    agreement, medians = _agreement(project, sample), median_durations(recent)
    fit = open_fit(project.fit_id) if project.task_type in TASK_TYPES else None
    people = User.objects.in_bulk(list(counts))
    name: Name = (lambda labeler, called: called) if only is not None else name_for(project)
    rows = []
    for labeler, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
        share, compared = agreement.get(labeler, (None, 0))
        rows.append(
            {
                "id": labeler,
                "name": name(labeler, people[labeler].shown_name) if labeler in people else "",
                "votes": count,
                **skill_of(fit, labeler),
                "agreement": share,
                "compared": compared,
                "median_ms": medians.get(labeler),
            }
        )
    return rows


def _agreement(project: Project, sample: Sample) -> dict[int, tuple[float | None, int]]:
    """Return each labeler's agreement with the others, and on how many answers.

    Of merged answers it is what the labelers' figures last found by the distance of the task type,
    and nothing before: a share of equal answers beside likenesses would look like bad work.
    """
    found: dict[int, tuple[float | None, int]] = {}
    if project.task_type not in MERGED_TASK_TYPES:
        found.update(agreement_with_others(sample))
    if project.task_type in MERGED_TASK_TYPES:
        rows = LabelerFigures.objects.filter(project=project, agreement__isnull=False)
        kept = rows.values_list("labeler", "agreement", "figures__compared")
        found |= {labeler: (likeness, compared) for labeler, likeness, compared in kept}
    return found


def votes_by_labeler(project: Project, votes: int) -> dict[int, int]:
    """Count the votes of each labeler; superseded answers, silent repeats and answers to gold
    items are no votes.

    Counting all answers needs indexes alone, so the rows are looked at only where some answers
    are no votes.
    """
    by_labeler = _count_by_labeler(Annotation.every.filter(project=project))
    counts = Counter(dict(by_labeler))
    counts -= Counter(
        dict(_count_by_labeler(Annotation.every.filter(project=project, repeat=True)))
    )
    if sum(counts.values()) == votes:
        return dict(counts)
    return dict(by_labeler.filter(current=True, repeat=False, gold_right=None))


def answers_of(project: Project, labeler: int) -> dict[int, int]:
    """Count all answers of one labeler, as they are told: a count that stands still would give a
    gold item or a silent repeat away."""
    given = Annotation.every.filter(project=project, labeler=labeler, version=1)
    return {labeler: given.count()}


def _count_by_labeler(answers: QuerySet[Annotation]) -> QuerySet[Annotation, Any]:
    return answers.order_by().values_list("labeler").annotate(count=Count("pk"))


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
