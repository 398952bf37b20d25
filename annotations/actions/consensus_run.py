"""Consensus run: another method on the same votes, beside the one in force, and how they differ."""

from __future__ import annotations

import json
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.question import MERGE_METHODS
from annotations.actions.settle import Verdict, status_of
from annotations.actions.votes_as_of import CastVotes, pin_votes, votes_as_of
from annotations.consensus import AUTO, CANDIDATES, DEFAULT_METHOD, METHODS
from annotations.consensus.base import CategoricalMethod
from annotations.consensus.calibrate import apply_temperature, calibration_error, fit_temperature
from annotations.consensus.choose import choose_method, held_out
from annotations.consensus.configured import check_settings, configured
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.stop import answers_stand
from annotations.consensus.version import code_version
from annotations.measures.share import wilson
from annotations.models import (
    Annotation,
    ConsensusFit,
    ConsensusRun,
    Project,
    RunChange,
    RunLabels,
    Task,
)
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

PART = 10_000  # tasks whose labels are packed into one row
BATCH = 500  # changes written in one transaction
INLINE_VOTES = 5_000  # a smaller run does not wait for a worker that is not there
NAMED_PAIRS = 50  # the commonest changes, from which label to which

Label = tuple[int, str, float, str]  # task, label, confidence, status


@dataclass(frozen=True)
class Before:
    """What a task was taken to show when the run was made."""

    label: str
    confidence: float | None
    status: str
    votes: int
    unanimous: bool
    arm: str
    audited: bool


def request_run(
    *, project: Project, by: User, method: str, params: Mapping[str, Any] | None = None
) -> ConsensusRun:
    """Put a run of a method in line; raises Invalid for a method or parameter there is not."""
    if project.task_type in MERGE_METHODS:
        raise Invalid(
            f"Answers of the type {project.task_type} are merged in one way only; "
            "there is no other method to try beside it.",
            code="method_unfit",
        )
    settings = _checked(method, params or {})
    with transaction.atomic():
        run = ConsensusRun.objects.create(
            project=project, method=method, params=settings, created_by=by
        )
        job = enqueue(
            "consensus_run", payload={"run": run.pk}, project_id=project.pk, created_by=by
        )
        ConsensusRun.objects.filter(pk=run.pk).update(job=job)
        AuditEvent.record(
            "consensus_run.requested", actor=by, project_id=project.pk, run=run.pk, method=method
        )
    if Annotation.objects.filter(project=project)[:INLINE_VOTES].count() < INLINE_VOTES:
        run_inline_if_no_worker(job)
    return ConsensusRun.objects.select_related("job").get(pk=run.pk)


def _checked(method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    if method not in (AUTO, *METHODS):
        raise Invalid(
            f"There is no consensus method {method!r}; there is {', '.join((AUTO, *METHODS))}.",
            fields={"method": "unknown"},
        )
    if method == AUTO and params:
        raise Invalid(
            "auto chooses among methods with their own parameters, so it takes none.",
            fields={"params": "none for auto"},
        )
    try:
        return check_settings(params)
    except ValueError as error:
        raise Invalid(str(error), fields={"params": str(error)}) from error


# --- the job ---------------------------------------------------------------------------------


def execute_run(*, run: ConsensusRun, claim: Claim) -> ConsensusRun:
    """Fit, label every task that has votes, and compare with what is in force.

    Nothing of the project changes. Repeated after a crash it starts over, with the votes of that
    moment.
    """
    started = time.process_time()
    project = Project.objects.select_related("schema", "fit").get(pk=run.project_id)
    pin = pin_votes(project)
    cast = votes_as_of(project, pin)
    if not len(cast.table):
        raise Conflict("Nobody has answered yet, so there is nothing to run on.", code="no_votes")
    claim.progress(0.1, "Fitting")
    fit, chosen, why = fit_run(run, cast)
    claim.progress(0.4, "Comparing")
    before = _before(project)
    labels = list(_labelled(project, cast, fit, before))
    figures = _figures(project, run, chosen, cast, fit, labels, before)
    figures["cpu_seconds"] = round(time.process_time() - started, 3)
    claim.progress(0.7, "Writing")
    _clear(run)
    _write(run, labels, before)
    with transaction.atomic():
        claim.finish({"run": run.pk, "changed": figures["changed"]})
        assert project.schema is not None
        row = ConsensusFit.objects.create(
            project=project,
            method=chosen,
            params=fit.params,
            code_version=code_version(),
            state=fit.to_json(),
            labels=project.schema.label_names,
            votes=len(cast.table),
        )
        ConsensusRun.objects.filter(pk=run.pk).update(
            last_annotation=pin.last_annotation,
            inputs=pin.to_json(),
            fit=row,
            chosen=chosen,
            why=why[:500],
            code_version=code_version(),
            votes=len(cast.table),
            figures=figures,
            finished_at=Now(),
        )
    run.refresh_from_db()
    return run


def fit_run(run: ConsensusRun, cast: CastVotes) -> tuple[CategoricalFit, str, str]:
    """Return the run's calibrated fit, its method, and why that one.

    It starts from nothing, so the votes alone decide: the same ones give the same bits.
    """
    chosen, why = run.method, "asked for"
    if run.method == AUTO:
        choice = choose_method(cast.table, cast.known, CANDIDATES, default=DEFAULT_METHOD)
        chosen, why = choice.method, choice.reason
    method = configured(chosen, run.params)
    fit = method.fit(cast.table, known=cast.known)
    found = fit_temperature(*held_out(method, cast.table, cast.known, start=fit))
    return fit.with_temperature(found.temperature, calibrated_on=found.items), chosen, why


def _before(project: Project) -> dict[int, Before]:
    rows = Task.objects.filter(project=project, votes__gt=0).values_list(
        "pk", "label", "confidence", "status", "ballot", "arm", "audit"
    )
    return {
        pk: Before(
            label,
            confidence,
            status,
            len(ballot),
            len({row[2] for row in ballot}) == 1,
            arm,
            audit is not None,
        )
        for pk, label, confidence, status, ballot, arm, audit in rows.iterator(chunk_size=2000)
    }


def _labelled(
    project: Project, cast: CastVotes, fit: CategoricalFit, before: Mapping[int, Before]
) -> Iterator[Label]:
    """The run's label of every task with votes, and what the project's rule makes of it."""
    assert project.schema is not None
    names = project.schema.label_names
    decided = set() if cast.decided is None else set(np.asarray(cast.decided[0]).tolist())
    verdicts = fit.verdicts(cast.settling, known=cast.decided)
    stands = _standing(project, cast, fit, before)
    found = zip(verdicts.codes.tolist(), verdicts.confidence.tolist(), strict=True)
    for index, (task, (code, sure)) in enumerate(zip(cast.tasks, found, strict=True)):
        stood = before.get(task)
        if code < 0 or stood is None:
            continue
        status = str(Task.Status.SETTLED)
        if index not in decided:
            verdict = Verdict(names[code], sure, {}, "", None, bool(stands[index]))
            status = _status(project, verdict, stood)
        yield task, names[code], round(sure, 6), status


def _standing(
    project: Project, cast: CastVotes, fit: CategoricalFit, before: Mapping[int, Before]
) -> Any:
    """Whether the votes that may still come cannot change an answer, bool (n_items,)."""
    if fit.is_wide:
        return np.zeros(len(cast.tasks), dtype=bool)
    nothing = Before("", None, "", project.max_votes, True, "", False)
    left = [project.max_votes - before.get(task, nothing).votes for task in cast.tasks]
    return answers_stand(
        fit, fit.posteriors(cast.settling), np.maximum(np.asarray(left, dtype=np.int32), 0)
    ) & (np.asarray(left) > 0)


def _status(project: Project, verdict: Verdict, stood: Before) -> str:
    # The rule looks at how many votes there are, and at whether all of them agree.
    ballot = [[n, n, "" if stood.unanimous else str(n)] for n in range(stood.votes)]
    status = status_of(project, ballot=ballot, verdict=verdict, now=stood.status, arm=stood.arm)
    waits = stood.audited and status == Task.Status.SETTLED and stood.votes < project.max_votes
    return str(Task.Status.OPEN if waits else status)


# --- figures ---------------------------------------------------------------------------------


def _figures(
    project: Project,
    run: ConsensusRun,
    chosen: str,
    cast: CastVotes,
    fit: CategoricalFit,
    labels: Sequence[Label],
    before: Mapping[int, Before],
) -> dict[str, Any]:
    moved = Counter(
        (before[task].label, label) for task, label, *_ in labels if before[task].label != label
    )
    now = project.fit.method if project.fit else project.consensus_method
    current = configured(now if now in METHODS else DEFAULT_METHOD, project.consensus_params)
    return {
        "answered": len(labels),
        "changed": sum(moved.values()),
        "from_to": [
            {"before": pair[0], "after": pair[1], "count": count}
            for pair, count in moved.most_common(NAMED_PAIRS)
        ],
        "statuses": {
            "now": _counted(before[task].status for task, *_ in labels),
            "run": _counted(status for *_, status in labels),
        },
        "known": {
            "now": _on_known(current, cast, fit),
            "run": _on_known(configured(chosen, run.params), cast, fit),
        },
        "current_method": current.name,
        "temperature": fit.temperature,
    }


def _counted(statuses: Iterator[str]) -> dict[str, int]:
    counts = Counter(statuses)
    return {str(status): counts[str(status)] for status in Task.Status.values}


def _on_known(method: CategoricalMethod, cast: CastVotes, start: CategoricalFit) -> dict[str, Any]:
    """How right and how honest a method is on known answers, none of which its fit was told."""
    posteriors, codes = held_out(method, cast.table, cast.known, start=start)
    if not len(codes):
        return {"items": 0, "accuracy": None, "low": None, "high": None, "calibration_error": None}
    temperature = fit_temperature(posteriors, codes).temperature
    cooled = apply_temperature(posteriors, temperature)
    right = cooled.argmax(axis=1) == codes
    low, high = wilson(float(right.sum()), len(codes))
    return {
        "items": len(codes),
        "accuracy": float(right.mean()),
        "low": low,
        "high": high,
        "calibration_error": calibration_error(cooled.max(axis=1), right),
    }


# --- rows ------------------------------------------------------------------------------------


def _clear(run: ConsensusRun) -> None:
    RunLabels.objects.filter(run=run).delete()
    while ids := list(RunChange.objects.filter(run=run).values_list("pk", flat=True)[:BATCH]):
        RunChange.objects.filter(pk__in=ids).delete()


def _write(run: ConsensusRun, labels: Sequence[Label], before: Mapping[int, Before]) -> None:
    for part in _batches(labels, PART):
        RunLabels.objects.create(run=run, first_task=part[0][0], packed=pack(part))
    changed = (label for label in labels if before[label[0]].label != label[1])
    for batch in _batches(changed, BATCH):
        RunChange.objects.bulk_create(
            RunChange(
                run=run,
                task_id=task,
                before=before[task].label,
                after=label,
                confidence_before=before[task].confidence,
                confidence_after=sure,
                status_before=before[task].status,
                status_after=status,
            )
            for task, label, sure, status in batch
        )


def _batches(labels: Iterable[Label], size: int) -> Iterator[list[Label]]:
    rows = iter(labels)
    while batch := list(islice(rows, size)):
        yield batch


def pack(labels: Sequence[Label]) -> bytes:
    """Return labels as compressed JSON."""
    return zlib.compress(json.dumps(labels, separators=(",", ":")).encode(), level=6)


def labels_of(run: ConsensusRun) -> Iterator[Label]:
    """Yield the labels that a run gave, in the order of the tasks' ids."""
    parts = RunLabels.objects.filter(run=run).order_by("first_task")
    for packed in parts.values_list("packed", flat=True).iterator(chunk_size=4):
        yield from (tuple(label) for label in json.loads(zlib.decompress(bytes(packed))))
