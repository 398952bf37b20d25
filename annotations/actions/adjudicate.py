"""Adjudicate: a reviewer ends a dispute, and may open it again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.gold import (
    METHOD,
    OwnWork,
    fix_label,
    gold_of,
    let_votes_decide,
    retire_contradicted,
)
from annotations.actions.history import Cause, Standing, note_changes
from annotations.actions.project import replan_task
from annotations.actions.settle import answer_for
from annotations.actions.submit import check_answer
from annotations.models import Adjudication, Annotation, Flag, GoldItem, LabelChange, Task
from annotations.task_types import TASK_TYPES
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict


@transaction.atomic
def adjudicate_task(*, task: Task, reviewer: User, answer: Any, note: str = "") -> Adjudication:
    """Decide a task for certain; the votes stay as they are. A later decision replaces this one."""
    task = _locked(task)
    if Annotation.objects.filter(task=task, labeler=reviewer).exists():
        raise OwnWork("You answered this task yourself, so somebody else has to review it.")
    checked = check_answer(task.project, answer, task.item)
    category = TASK_TYPES[task.project.task_type].category(checked)  # type: ignore[attr-defined]
    Adjudication.objects.filter(task=task, reopened_at=None).update(
        reopened_at=Now(), reopened_by=reviewer
    )
    decision = Adjudication.objects.create(
        task=task, reviewer=reviewer, answer=checked, category=category, note=note[:1000]
    )
    before = Standing.of(task)
    _settle(task, category)
    retire_contradicted(task, checked, reviewer)
    note_changes([(before, task)], Cause(LabelChange.Cause.ADJUDICATION, reviewer, note))
    Flag.objects.filter(task=task, resolved=False).update(resolved=True)
    replan_task(project=task.project, task=task)
    AuditEvent.record("task.adjudicated", actor=reviewer, project_id=task.project_id, task=task.pk)
    return decision


def _settle(task: Task, category: str) -> None:
    changes: dict[str, Any] = {
        "status": Task.Status.SETTLED,
        "adjudicated": True,
        "label": category,
        "answer": answer_for(task.project, category),
        "confidence": 1.0,
        "distribution": {category: 1.0},
        "method": "adjudication",
        "fit_id": None,
        "flags": 0,
    }
    Task.objects.filter(pk=task.pk).update(**changes, settled_at=Now())
    for name, value in changes.items():
        setattr(task, name, value)


@transaction.atomic
def reopen_task(*, task: Task, reviewer: User) -> Task:
    """Take a decision back: the votes alone say again what the task's label is."""
    task = _locked(task)
    reopened = Adjudication.objects.filter(task=task, reopened_at=None).update(
        reopened_at=Now(), reopened_by=reviewer
    )
    gold = gold_of([task.pk]).get(task.pk)
    if not reopened and gold is not None and task.method == METHOD:
        raise Conflict("This is the known answer of a gold item; retire the gold item instead.")
    if not reopened:
        raise Conflict("This task has no decision that could be taken back.")
    task.adjudicated = False
    if gold is not None and gold.source in GoldItem.CERTAIN:
        fix_label(gold, task, reviewer)
    else:
        let_votes_decide(task, Cause(LabelChange.Cause.REOPENED, reviewer))
    AuditEvent.record("task.reopened", actor=reviewer, project_id=task.project_id, task=task.pk)
    return task


def _locked(task: Task) -> Task:
    return (
        Task.objects.select_related("project__schema", "item")
        .select_for_update(of=("self",))
        .get(pk=task.pk)
    )
