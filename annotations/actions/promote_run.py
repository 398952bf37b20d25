"""Promote: put a consensus run in force, and go back to what was in force before."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from annotations.models import ConsensusRun, LabelChange, Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict
from labelhub.jobs.queue import enqueue


@transaction.atomic
def promote_run(*, run: ConsensusRun, by: User) -> ConsensusRun:
    """Make a run's method and parameters the project's; a job rewrites every verdict by them.

    The votes stay as they are, and what was in force before is kept, so it can be undone.
    """
    project = Project.objects.select_for_update().get(pk=run.project_id)
    run = ConsensusRun.objects.select_for_update().get(pk=run.pk)
    if run.finished_at is None:
        raise Conflict("This run is not finished, so it cannot be put in force.")
    if project.promoted_run_id == run.pk:
        raise Conflict("This run is in force already.", code="in_force")
    replaced = {
        "method": project.consensus_method,
        "params": project.consensus_params,
        "run": project.promoted_run_id,
        "fit": project.fit_id,
    }
    Project.objects.filter(pk=project.pk).update(
        consensus_method=run.chosen, consensus_params=run.params, promoted_run=run, fit=run.fit
    )
    ConsensusRun.objects.filter(pk=run.pk).update(
        promoted_at=Now(), promoted_by=by, rolled_back_at=None, replaced=replaced
    )
    _rewrite_soon(project, run, LabelChange.Cause.PROMOTION, by)
    AuditEvent.record(
        "consensus_run.promoted",
        actor=by,
        project_id=project.pk,
        run=run.pk,
        method=run.chosen,
        replaced=replaced,
    )
    run.refresh_from_db()
    return run


@transaction.atomic
def roll_back_run(*, run: ConsensusRun, by: User) -> ConsensusRun:
    """Put back in force what a promoted run has replaced; a job rewrites every verdict by it."""
    project = Project.objects.select_for_update().get(pk=run.project_id)
    run = ConsensusRun.objects.select_for_update().get(pk=run.pk)
    if project.promoted_run_id != run.pk or run.replaced is None:
        raise Conflict("This run is not in force, so there is nothing to roll back.")
    former: dict[str, Any] = run.replaced
    earlier = ConsensusRun.objects.filter(pk=former["run"], project=project).first()
    Project.objects.filter(pk=project.pk).update(
        consensus_method=former["method"], consensus_params=former["params"], promoted_run=earlier
    )
    ConsensusRun.objects.filter(pk=run.pk).update(rolled_back_at=Now())
    _rewrite_soon(project, run, LabelChange.Cause.ROLLBACK, by)
    AuditEvent.record(
        "consensus_run.rolled_back",
        actor=by,
        project_id=project.pk,
        run=run.pk,
        method=former["method"],
    )
    run.refresh_from_db()
    return run


def _rewrite_soon(project: Project, run: ConsensusRun, cause: str, by: User) -> None:
    enqueue(
        "refit_consensus",
        payload={
            "project": project.pk,
            "replan": True,
            "cause": str(cause),
            "by": by.pk,
            "note": f"Consensus run {run.pk}",
        },
        project_id=project.pk,
        created_by=by,
    )
