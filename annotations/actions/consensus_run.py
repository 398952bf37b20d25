"""Consensus run: another method on the same votes, beside the one in force, and how they differ."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.class_run import run_on_classes
from annotations.actions.merge import is_merged
from annotations.actions.merged_run import run_on_merged
from annotations.actions.question import methods_for
from annotations.actions.run_rows import clear_run, write_labels
from annotations.actions.votes_as_of import pin_votes
from annotations.consensus import AUTO
from annotations.consensus.configured import check_settings
from annotations.consensus.merge_settings import Settings
from annotations.consensus.version import code_version
from annotations.models import Annotation, ConsensusFit, ConsensusRun, Project
from annotations.task_types import MERGED_TASK_TYPES
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.pulse import run_inline_if_no_worker
from labelhub.jobs.queue import enqueue

INLINE_VOTES = 5_000  # a smaller run does not wait for a worker that is not there


def request_run(
    *, project: Project, by: User, method: str, params: Mapping[str, Any] | None = None
) -> ConsensusRun:
    """Put a run of a method in line; raises Invalid for a method or parameter there is not."""
    settings = _checked(project.task_type, method, params or {})
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


def _checked(task_type: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    fitting = methods_for(task_type)
    if method not in fitting:
        raise Invalid(
            f"Answers to {task_type} questions cannot be settled by {method!r}; "
            f"there is {', '.join(fitting)}.",
            fields={"method": f"one of {', '.join(fitting)}"},
        )
    if method == AUTO and params:
        raise Invalid(
            "auto chooses among methods with their own parameters, so it takes none.",
            fields={"params": "none for auto"},
        )
    try:
        if task_type in MERGED_TASK_TYPES:
            asked = None if method == AUTO else method
            return Settings.of(task_type, asked, params).to_params()
        return check_settings(params)
    except ValueError as error:
        raise Invalid(str(error), fields={"params": str(error)}) from error


def execute_run(*, run: ConsensusRun, claim: Claim) -> ConsensusRun:
    """Label every task that has votes, and compare with what is in force.

    Nothing of the project changes. Repeated after a crash it starts over, with the votes of that
    moment.
    """
    started = time.process_time()
    project = Project.objects.select_related("schema", "fit").get(pk=run.project_id)
    assert project.schema is not None
    pin = pin_votes(project)
    clear_run(run)
    runner = run_on_merged if is_merged(project) else run_on_classes
    found = runner(run=run, project=project, pin=pin, claim=claim)
    figures = found.figures | {"cpu_seconds": round(time.process_time() - started, 3)}
    write_labels(run, found.labels, found.opinions)
    with transaction.atomic():
        claim.finish({"run": run.pk, "changed": figures["changed"]})
        row = ConsensusFit.objects.create(
            project=project,
            method=found.method,
            params=found.params,
            code_version=code_version(),
            state=found.state,
            labels=project.schema.label_names,
            votes=found.votes,
            calibration=found.calibration,
        )
        ConsensusRun.objects.filter(pk=run.pk).update(
            last_annotation=pin.last_annotation,
            inputs=pin.to_json(),
            fit=row,
            chosen=found.method,
            why=found.why[:500],
            code_version=code_version(),
            votes=found.votes,
            figures=figures,
            finished_at=Now(),
        )
    run.refresh_from_db()
    return run
