"""Labeler figures: work out what the votes say of each labeler, and keep it for the pages."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from annotations.actions.labeler_repeats import add_consistency
from annotations.actions.labeler_votes import (
    Cast,
    MergedSample,
    cast_votes,
    compare_classes,
    compare_merged,
    merged_sample,
    pair_distances,
    vote_table,
)
from annotations.actions.merge import is_merged
from annotations.actions.settle import coding_for
from annotations.consensus.agreement import krippendorff_interval, percent_agreement
from annotations.consensus.gold import share_interval
from annotations.consensus.labeler_figures import JsonObject, interval, labeler_figures
from annotations.consensus.pairs import (
    LEAST_COMMON,
    PairFigures,
    beyond_chance,
    class_pairs,
    copying,
)
from annotations.models import Annotation, LabelerFigures, LabelersReport, Project
from annotations.reports.agreement import agreement_of, by_distance
from annotations.reports.likeness import alike
from annotations.reports.sample import sample_votes
from labelhub.accounts.models import User
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

MATRIX = 30  # labelers with the most votes, of whom every pair is compared
COPIERS = 60  # among whom copying is looked for
RESAMPLES = 300
INLINE_VOTES = 5_000  # fewer do not wait for a worker that is not there
PAUSE = timedelta(seconds=60)  # between two computations, at least
SHARE_OF_TIME = 20  # and so many times as long as the last one took


# --- when ------------------------------------------------------------------------------------


def request_figures(*, project: Project, by: User) -> Job:
    """Put the figures of a project in line; a few votes do not wait for a worker."""
    job = _enqueue(project, by)
    if Annotation.objects.filter(project=project)[:INLINE_VOTES].count() < INLINE_VOTES:
        run_inline_if_no_worker(job)
    return job


def check_figures() -> None:
    """Put in line the figures of projects that have new answers and were left to rest.

    Finished projects too: their last answers came after the figures before.
    """
    # Answers to gold items are in no figure that goes by votes: after one of them it would be due
    # for ever.
    votes = Annotation.objects.filter(project=OuterRef("pk"), current=True, gold_right=None)
    answers = votes.order_by("-pk").values("pk")
    projects = Project.objects.annotate(newest=Subquery(answers[:1]))
    for project in projects.select_related("labelers_report"):
        if project.newest is not None and is_due(project, project.newest):
            _enqueue(project, None)


def is_due(project: Project, newest: int) -> bool:
    """Whether there are answers that the figures do not know, and it is time to look again."""
    report: LabelersReport | None = getattr(project, "labelers_report", None)
    if report is None:
        return True
    rest = max(PAUSE, SHARE_OF_TIME * timedelta(seconds=report.cpu_seconds))
    return newest > report.last_annotation and timezone.now() - report.made_at > rest


def _enqueue(project: Project, by: User | None) -> Job:
    return enqueue(
        "labeler_figures",
        payload={"project": project.pk},
        dedupe_key=f"labeler_figures:{project.pk}",
        project_id=project.pk,
        created_by=by,
    )


# --- what ------------------------------------------------------------------------------------


def compute_figures(*, project: Project, claim: Claim | None = None) -> LabelersReport:
    """Work out the figures of all labelers of a project from its votes, and keep them.

    Nothing of the project changes. Texts and shapes are compared on a fixed share of the tasks.
    """
    started = time.process_time()
    merged = is_merged(project)
    cast = cast_votes(project, classes=not merged)
    rows, together = _merged_figures(project, cast) if merged else _class_figures(project, cast)
    if claim is not None:
        claim.progress(0.8, "Writing")
    _add_skill(project, rows)
    _add_gold(project, rows)
    add_consistency(project, rows)
    together |= {"labelers": len(rows)}
    return _keep(project, rows, together, cast, time.process_time() - started, claim)


def _class_figures(project: Project, cast: Cast) -> tuple[dict[int, JsonObject], JsonObject]:
    assert project.schema is not None
    table, mine, tasks = vote_table(project, cast)
    compared, truths = compare_classes(project, cast, table, mine, tasks)
    busiest = _busiest(cast)
    copies = copying(table, mine.astype(np.float64), busiest[:COPIERS])
    rows = labeler_figures(
        cast.activity,
        compared,
        truths=truths,
        names=project.schema.label_names,
        copies=copies,
    )
    alpha = krippendorff_interval(table, resamples=RESAMPLES) if len(table) else [float("nan")] * 3
    percent = percent_agreement(table) if len(table) else float("nan")
    return rows, {
        "alpha": interval(*alpha),
        "agreement": interval(percent, float("nan"), float("nan"))["estimate"],
        "matrix": [int(cast.activity.keys[index]) for index in busiest[:MATRIX]],
        "pairs": _pair_documents(class_pairs(table, busiest[:MATRIX])),
        "complete": True,
    }


def _merged_figures(project: Project, cast: Cast) -> tuple[dict[int, JsonObject], JsonObject]:
    sample = merged_sample(project)
    rows = labeler_figures(cast.activity, compare_merged(project, cast, sample))
    matrix = [int(cast.activity.keys[index]) for index in _busiest(cast)[:MATRIX]]
    by_pair, by_item = pair_distances(sample)
    return rows, _alike(sample, by_item) | {
        "matrix": matrix,
        "pairs": _pair_documents(_distance_pairs(by_pair, sample.expected, set(matrix))),
    }


def _alike(sample: MergedSample, by_item: list[Any]) -> JsonObject:
    """How alike all answers are by the distance of the task type, and on how many tasks."""
    return alike(by_item, sample.expected) | {"complete": sample.complete}


def measured_agreement(project: Project) -> JsonObject:
    """Return the agreement of a project at this moment: of merged answers by their distance."""
    if not is_merged(project):
        return agreement_of(sample_votes(project))
    sample = merged_sample(project)
    return by_distance(_alike(sample, pair_distances(sample)[1]))


def _busiest(cast: Cast) -> list[int]:
    """Labelers by index, most votes first."""
    counts = np.bincount(cast.labelers, minlength=len(cast.activity.keys))
    return [int(index) for index in np.argsort(-counts, kind="stable")]


def _distance_pairs(
    by_pair: Mapping[tuple[int, int], Any], expected: float, among: set[int]
) -> Iterable[PairFigures]:
    nothing = (float("nan"),) * 3
    for (first, second), distances in sorted(by_pair.items()):
        if first in among and second in among:
            enough = len(distances) >= LEAST_COMMON
            figures = beyond_chance(distances, expected) if enough else nothing
            likeness = 1.0 - float(distances.mean())
            yield PairFigures(first, second, len(distances), likeness, *figures)


def _pair_documents(pairs: Iterable[PairFigures]) -> list[JsonObject]:
    return [
        {
            "first": pair.first,
            "second": pair.second,
            "common": pair.common,
            "agreement": round(pair.agreement, 6),
            "kappa": interval(pair.kappa, pair.low, pair.high),
        }
        for pair in pairs
    ]


def _add_skill(project: Project, rows: Mapping[int, JsonObject]) -> None:
    """Skill is the fit's, where it knows labelers by class; else how often they were right."""
    fit = None
    if not is_merged(project) and project.fit_id is not None:
        assert project.schema is not None
        fit = coding_for(project, project.schema.label_names).fit
    known = set(fit.labelers()) if fit is not None else set()
    for labeler, row in rows.items():
        if fit is not None and labeler in known:
            row["skill"] = interval(*tuple(fit.skill(labeler))[:3])
        else:
            row["skill"] = {name: row["right"][name] for name in ("estimate", "low", "high")}


def _add_gold(project: Project, rows: Mapping[int, JsonObject]) -> None:
    answers = Annotation.objects.filter(
        project=project, gold_right__isnull=False, current=True, task__gold__active=True
    )
    counts = (
        answers.order_by()
        .values_list("labeler")
        .annotate(count=Count("pk"), right=Count("pk", filter=Q(gold_right=True)))
    )
    found = {labeler: (right, count) for labeler, count, right in counts}
    for labeler, row in rows.items():
        right, count = found.get(labeler, (0, 0))
        row["gold"] = shown_share(right, count)


def shown_share(right: int, count: int) -> JsonObject:
    """A share of few with its Jeffreys interval, and of how many."""
    if not count:
        return interval(*(float("nan"),) * 3) | {"count": 0}
    return interval(right / count, *share_interval(right, count)) | {"count": count}


# --- rows ------------------------------------------------------------------------------------


def _keep(
    project: Project,
    rows: Mapping[int, JsonObject],
    together: JsonObject,
    cast: Cast,
    cpu_seconds: float,
    claim: Claim | None,
) -> LabelersReport:
    kept = _rows(project, rows)
    with transaction.atomic():
        if claim is not None:
            claim.finish({"labelers": len(rows), "votes": len(cast.tasks)})
        LabelerFigures.objects.filter(project=project).delete()
        LabelerFigures.objects.bulk_create(kept, batch_size=200)
        report, _ = LabelersReport.objects.update_or_create(
            project=project,
            defaults={
                "last_annotation": cast.last,
                "votes": len(cast.tasks),
                "figures": together,
                "cpu_seconds": round(cpu_seconds, 3),
            },
        )
    return report


def _rows(project: Project, rows: Mapping[int, JsonObject]) -> Sequence[LabelerFigures]:
    return [
        LabelerFigures(
            project=project,
            labeler_id=labeler,
            votes=row["votes"],
            agreement=row["agreement"]["estimate"],
            skill=row["skill"]["estimate"],
            worth=row["worth"],
            figures=row,
        )
        for labeler, row in sorted(rows.items())
    ]
