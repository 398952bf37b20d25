"""Adjudicate many: a reviewer accepts near-certain answers at once, and may open them again."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from annotations.actions.adjudicate import reopen_task, settle_as
from annotations.actions.history import Cause, Standing, note_changes
from annotations.actions.submit import (
    AnswerInvalid,
    IdempotencyConflict,
    check_answer,
    refuse_when_over,
)
from annotations.models import Adjudication, BulkDecision, LabelChange, Project, Seat, Task
from annotations.reports.review import near_certain
from labelhub.accounts.models import AuditEvent, User

# Tasks that one act may decide: it is one transaction, and others wait for what it holds.
MOST = 250


def accept_near_certain(
    *,
    project: Project,
    reviewer: User,
    at_least: float,
    key: str,
    reason: str | None = None,
    below: float | None = None,
) -> BulkDecision:
    """Settle what waits for this reviewer and is at least that sure by the answer that it has.

    All of up to MOST tasks or none, never one that the reviewer answered. The same `key` again
    decides nothing more and returns the first act; raises IdempotencyConflict where it was for
    something else.
    """
    refuse_when_over(project)
    try:
        with transaction.atomic():
            bulk = BulkDecision.objects.create(
                project=project,
                reviewer=reviewer,
                key=key,
                at_least=at_least,
                reason=reason or "",
                below=below,
                accepted=0,
            )
            tasks = _locked(project, reviewer, at_least, reason, below)
            _decide(tasks, project, bulk)
            bulk.accepted = len(tasks)
            bulk.save(update_fields=["accepted"])
            _record("review.accepted_many", bulk, reviewer, [task.pk for task in tasks])
            return bulk
    except IntegrityError:
        return _earlier(reviewer, key, (project.pk, at_least, reason or "", below))


def _earlier(reviewer: User, key: str, asked: tuple[int, float, str, float | None]) -> BulkDecision:
    earlier = BulkDecision.objects.get(reviewer=reviewer, key=key)
    if (earlier.project_id, earlier.at_least, earlier.reason, earlier.below) != asked:
        raise IdempotencyConflict("This Idempotency-Key was used before for something else.")
    return earlier


def _locked(
    project: Project, reviewer: User, at_least: float, reason: str | None, below: float | None
) -> list[Task]:
    """Lock the tasks, then look again: a vote or a decision may have come in between."""
    rows = near_certain(project, reviewer, at_least=at_least, reason=reason, below=below)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[:MOST])
    held = Task.objects.select_for_update(of=("self",)).select_related("item").filter(pk__in=ids)
    tasks = list(held.order_by("pk"))
    still = set(rows.filter(pk__in=ids).values_list("pk", flat=True))
    return [task for task in tasks if task.pk in still and _is_legal(project, task)]


def _is_legal(project: Project, task: Task) -> bool:
    """Votes may have settled on what the schema allows no more, such as a retired label."""
    task.project = project
    try:
        check_answer(project, task.answer, task.item)
    except AnswerInvalid:
        return False
    return True


def _decide(tasks: list[Task], project: Project, bulk: BulkDecision) -> None:
    Adjudication.objects.bulk_create(
        Adjudication(
            task=task,
            reviewer=bulk.reviewer,
            answer=task.answer,
            category=task.label,
            bulk=bulk,
        )
        for task in tasks
    )
    before = [Standing.of(task) for task in tasks]
    for task in tasks:
        settle_as(task, task.answer or {}, task.label)
    cause = Cause(LabelChange.Cause.ADJUDICATION, bulk.reviewer)
    note_changes(list(zip(before, tasks, strict=True)), cause)
    free = Seat.objects.filter(task__in=tasks, state=Seat.State.FREE)
    free.filter(lane__lt=Seat.Lane.GOLD).update(state=Seat.State.CLOSED)


@transaction.atomic
def reopen_many(*, bulk: BulkDecision, reviewer: User) -> int:
    """Take an act back: the votes alone decide again where it still stands; return how many."""
    standing = Adjudication.objects.filter(bulk=bulk, reopened_at=None).order_by("task_id")
    tasks = [decision.task for decision in standing.select_related("task")]
    for task in tasks:
        reopen_task(task=task, reviewer=reviewer)
    _record("review.reopened_many", bulk, reviewer, [task.pk for task in tasks])
    return len(tasks)


def _record(action: str, bulk: BulkDecision, by: User, tasks: list[int]) -> None:
    AuditEvent.record(
        action, actor=by, project_id=bulk.project_id, bulk=bulk.pk, at_least=bulk.at_least,
        tasks=tasks,
    )  # fmt: skip
