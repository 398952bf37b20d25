"""Trust: fit the labelers of a project to all its votes, and let every verdict follow the fit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from annotations.actions.bulk_weights import renew_bulk_weights
from annotations.actions.history import REFIT, Cause, Standing, note_changes
from annotations.actions.merge import is_merged
from annotations.actions.merged_trust import refit_merged
from annotations.actions.model_share import weigh_model
from annotations.actions.project import replan_task
from annotations.actions.settle import Prior, coding_for, verdict_of
from annotations.actions.submit import decide
from annotations.consensus import AUTO, CANDIDATES, DEFAULT_METHOD
from annotations.consensus.base import CategoricalMethod, Known, VoteTable
from annotations.consensus.calibrate import apply_temperature, fit_temperature, reliability
from annotations.consensus.choose import Choice, choose_method, held_out
from annotations.consensus.configured import configured
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.model_prior import stacked_log_priors
from annotations.consensus.version import code_version
from annotations.models import (
    Adjudication,
    Annotation,
    ConsensusFit,
    ConsensusRun,
    GoldItem,
    Membership,
    Project,
    Task,
)
from annotations.task_types import TASK_TYPES

REFIT_SHARE = 0.02
REFIT_AFTER = timedelta(seconds=60)
KEPT_FITS = 20
CHUNK = 200  # verdicts rewritten in one transaction
COLUMNS = ("pk", "ballot", "label", "confidence", "status", "arm", "audit", "prior")
NOTICEABLE = 0.005  # a smaller change of confidence is not worth a write


@dataclass(frozen=True)
class Refit:
    """What a refit did: the fit, how many verdicts it rewrote, how many labels changed."""

    fit: ConsensusFit | None
    rewritten: int
    relabelled: int


def project_needs_refit(project: Project) -> bool:
    """Whether enough new votes came since the last fit: 2 % of them, or any after a minute."""
    votes = Task.objects.filter(project=project).aggregate(n=Sum("votes"))["n"] or 0
    fit = project.fit
    if fit is None:
        return bool(votes)
    new = votes - fit.votes
    if new == 0:
        return False
    overdue = timezone.now() - fit.created_at > REFIT_AFTER
    return overdue or abs(new) >= max(10, REFIT_SHARE * fit.votes)


def refit_consensus(*, project: Project, replan: bool = False, cause: Cause = REFIT) -> Refit:
    """Fit labelers anew from all current votes, then rewrite the verdicts that changed by it.

    The fit is computed outside any transaction; verdicts are rewritten in short ones, each from
    the ballot as it is at that moment, so votes that come in meanwhile are not lost.
    """
    project = Project.objects.select_related("schema", "fit").get(pk=project.pk)
    assert project.schema is not None
    if is_merged(project):
        refit = Refit(*refit_merged(project=project, replan=replan, cause=cause))
        _drop_old_fits(project)
        return refit
    names = project.schema.label_names
    renew_bulk_weights(project)
    votes, known, count = _vote_table(project, names)
    name, choice = _method_for(project, votes, known)
    method = configured(name, project.consensus_params)
    fit = method.fit(votes, known=known, start=_warm_start(project, names))
    fit, calibration = _calibrated(fit, method, votes, known)
    calibration["model"] = weigh_model(method, votes, known, fit)
    row = ConsensusFit.objects.create(
        project=project,
        method=name,
        params=fit.params,
        code_version=code_version(),
        state=fit.to_json(),
        labels=names,
        votes=count,
        calibration=calibration | _choice_document(choice),
    )
    Project.objects.filter(pk=project.pk).update(fit=row)
    project.fit = row
    rewritten, relabelled = _rewrite_verdicts(project, names, replan, cause)
    _drop_old_fits(project)
    return Refit(row, rewritten, relabelled)


def _method_for(
    project: Project, votes: VoteTable, known: Known | None
) -> tuple[str, Choice | None]:
    """Return the project's method; with `auto` the one that explains the known answers best.

    The one in use is left for a clearly better one only, so that no two take turns.
    """
    if project.consensus_method != AUTO:
        return project.consensus_method, None
    now = project.fit.method if project.fit else DEFAULT_METHOD
    default = now if now in CANDIDATES else DEFAULT_METHOD
    choice = choose_method(votes, known, CANDIDATES, default=default)
    return choice.method, choice


def _choice_document(choice: Choice | None) -> dict[str, Any]:
    if choice is None:
        return {"reason": "chosen in the project's settings", "candidates": {}}
    return {
        "reason": choice.reason,
        "candidates": {
            name: {"accuracy": tried.accuracy, "log_loss": tried.log_loss}
            for name, tried in choice.candidates.items()
        },
    }


def _calibrated(
    fit: CategoricalFit, method: CategoricalMethod, votes: VoteTable, known: Known | None
) -> tuple[CategoricalFit, dict[str, Any]]:
    """Return the fit with the temperature that its known answers ask for, and how that went."""
    posteriors, codes = held_out(method, votes, known, start=fit)
    found = fit_temperature(posteriors, codes)
    if not found.items:
        return fit, {"temperature": 1.0, "items": 0}
    after = apply_temperature(posteriors, found.temperature)
    bars = reliability(after.max(axis=1), after.argmax(axis=1) == codes)
    return fit.with_temperature(found.temperature, calibrated_on=found.items), {
        **asdict(found),
        "bins": [asdict(bar) for bar in bars],
    }


def _vote_table(project: Project, names: list[str]) -> tuple[VoteTable, Known | None, int]:
    """Return all votes as arrays, the answers known for certain, and how many votes tasks have.

    Answers to gold items are votes too, by which labelers are known, but they settle nothing.
    """
    codes = {name: code for code, name in enumerate(names)}
    items: list[int] = []
    labelers: list[int] = []
    labels: list[int] = []
    weights: list[float] = []
    task_index: dict[int, int] = {}
    opinions: dict[int, Prior] = {}
    ballots = Task.objects.filter(project=project, votes__gt=0).order_by("pk")
    columns = ("pk", "ballot", "votes", "arm", "audit", "prior")
    count = 0
    for task in ballots.only(*columns).iterator(chunk_size=2000):
        index = task_index.setdefault(task.pk, len(task_index))
        prior, ballot = task.prior_in(project), task.ballot
        count += task.votes  # abstentions too, so that it is told when there are no new ones
        if prior:
            opinions[index] = prior
        for entry in ballot:
            if entry[2] in codes:
                items.append(index)
                labelers.append(entry[1])
                labels.append(codes[entry[2]])
                weights.append(entry[3] if len(entry) > 3 else 1.0)
    for task_id, labeler, category in _gold_votes(project):
        if category in codes:
            items.append(task_index.setdefault(task_id, len(task_index)))
            labelers.append(labeler)
            labels.append(codes[category])
            weights.append(1.0)
    keys, places = np.unique(np.asarray(labelers, dtype=np.int64), return_inverse=True)
    votes = VoteTable(
        np.asarray(items, dtype=np.int32),
        places.astype(np.int32),
        np.asarray(labels, dtype=np.int32),
        len(task_index),
        keys,
        len(names),
        np.asarray(weights) if min(weights, default=1.0) != 1 else None,
        log_priors=stacked_log_priors(opinions, len(task_index), codes),
    )
    return votes, _certain(project, task_index, codes), count


def _gold_votes(project: Project) -> Iterator[tuple[int, int, str]]:
    """Yield task, labeler and category of the answers to gold items in use."""
    category_of = TASK_TYPES[project.task_type].category  # type: ignore[attr-defined]
    answers = Annotation.objects.filter(
        project=project, gold_right__isnull=False, current=True, task__gold__active=True
    ).exclude(labeler__in=Membership.objects.filter(project=project, counted=False).values("user"))
    for task_id, labeler, answer in answers.order_by("pk").values_list(
        "task_id", "labeler_id", "answer"
    ):
        yield task_id, labeler, category_of(answer)


def _certain(project: Project, task_index: dict[int, int], codes: dict[str, int]) -> Known | None:
    """Return what reviewers decided and what gold items are certain of; a decision comes first."""
    gold = GoldItem.objects.filter(project=project, active=True, source__in=GoldItem.CERTAIN)
    decided = Adjudication.objects.filter(task__project=project, reopened_at=None, bulk=None)
    known = dict(gold.values_list("task_id", "category"))
    known |= dict(decided.values_list("task_id", "category"))
    pairs = [
        (task_index[task_id], codes[category])
        for task_id, category in sorted(known.items())
        if task_id in task_index and category in codes
    ]
    if not pairs:
        return None
    items, labels = zip(*pairs, strict=True)
    return np.asarray(items), np.asarray(labels)


def _warm_start(project: Project, names: list[str]) -> CategoricalFit | None:
    fit = project.fit
    if fit is None or project.consensus_method not in (fit.method, AUTO) or fit.labels != names:
        return None
    return coding_for(project, names).fit


def _rewrite_verdicts(
    project: Project, names: list[str], replan: bool, cause: Cause
) -> tuple[int, int]:
    coding = coding_for(project, names)
    rewritten = relabelled = 0
    for tasks in _chunks(project, everything=replan):
        changed = []
        for task in tasks:
            left = project.max_votes - len(task.ballot)
            prior = task.prior_in(project)
            verdict = verdict_of(task.ballot, coding, left=left, prior=prior)
            if verdict is None and not replan:
                continue
            same = verdict is not None and (
                task.label == verdict.label
                and task.confidence is not None
                and abs(task.confidence - verdict.confidence) < NOTICEABLE
                and (task.confidence >= project.confidence)
                == (verdict.confidence >= project.confidence)
                and not (verdict.overruled and task.status == Task.Status.SETTLED)
            )
            if not same or replan:
                changed.append(task.pk)
        rewritten += len(changed)
        relabelled += _rewrite(project, changed, cause)
    return rewritten, relabelled


def _chunks(project: Project, *, everything: bool) -> Iterator[list[Task]]:
    rows = Task.objects.filter(project=project, adjudicated=False).order_by("pk")
    if not everything:
        rows = rows.filter(votes__gt=0)
    last = 0
    while True:
        tasks = list(rows.filter(pk__gt=last).only(*COLUMNS)[:CHUNK])
        if not tasks:
            return
        last = tasks[-1].pk
        yield tasks


def _rewrite(project: Project, changed: list[int], cause: Cause) -> int:
    if not changed:
        return 0
    noted = []
    with transaction.atomic():
        tasks = Task.objects.select_for_update().filter(pk__in=changed, adjudicated=False)
        for task in tasks.order_by("pk"):
            before = Standing.of(task)
            decide(task=task, project=project, ballot=task.ballot)
            noted.append((before, task))
            if task.status != before.status or task.status == Task.Status.OPEN:
                replan_task(project=project, task=task)
        note_changes(noted, cause)
    return sum(bool(before.label) and task.label != before.label for before, task in noted)


def _drop_old_fits(project: Project) -> None:
    # Fits that no verdict was made under and that nobody will look at again.
    kept = ConsensusFit.objects.filter(project=project).order_by("-pk").values_list("pk", flat=True)
    old = list(kept[KEPT_FITS:])
    if old:
        used = Task.objects.filter(project=project, fit_id__in=old).values_list("fit_id", flat=True)
        in_runs = ConsensusRun.objects.filter(project=project).values_list("fit_id", flat=True)
        unused = set(old) - set(used.distinct()) - set(in_runs)
        ConsensusFit.objects.filter(pk__in=unused).delete()
