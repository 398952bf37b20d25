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
from annotations.actions.merge import is_merged, verdict_on
from annotations.actions.project import replan_task
from annotations.actions.settle import answer_for
from annotations.actions.submit import check_answer, refuse_when_over
from annotations.models import (
    Adjudication,
    Annotation,
    Flag,
    GoldItem,
    LabelChange,
    Project,
    Task,
)
from annotations.task_types import ALL_TASK_TYPES
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid


@transaction.atomic
def adjudicate_task(
    *,
    task: Task,
    reviewer: User,
    answer: Any = None,
    accept: int | None = None,
    merge: bool = False,
    note: str = "",
) -> Adjudication:
    """Decide a task for certain; the votes stay as they are. A later decision replaces this one.

    Either by an `answer` of the reviewer's own, or they `accept` the vote with that id, or take
    what all votes merge to. Raises OwnWork, AnswerInvalid, and Invalid unless it is one of these.
    """
    if (answer is not None) + (accept is not None) + merge != 1:
        raise Invalid("Send one of answer, accept and merge.", code="one_decision")
    task = _locked(task)
    refuse_when_over(task.project)
    if Annotation.objects.filter(task=task, labeler=reviewer).exists():
        raise OwnWork("You answered this task yourself, so somebody else has to review it.")
    if accept is not None:
        answer = _vote(task, accept)
    elif merge:
        answer = _merged(task)
    checked = check_answer(task.project, answer, task.item)
    category = label_of(task.project, checked)
    Adjudication.objects.filter(task=task, reopened_at=None).update(
        reopened_at=Now(), reopened_by=reviewer
    )
    decision = Adjudication.objects.create(
        task=task, reviewer=reviewer, answer=checked, category=category, note=note[:1000]
    )
    before = Standing.of(task)
    settle_as(task, checked, category)
    retire_contradicted(task, checked, reviewer)
    note_changes([(before, task)], Cause(LabelChange.Cause.ADJUDICATION, reviewer, note))
    Flag.objects.filter(task=task, resolved=False).update(resolved=True)
    replan_task(project=task.project, task=task)
    AuditEvent.record("task.adjudicated", actor=reviewer, project_id=task.project_id, task=task.pk)
    return decision


def label_of(project: Project, answer: dict[str, Any]) -> str:
    """Return the class of an answer, or the line that stands for it where it has no class."""
    return ALL_TASK_TYPES[project.task_type].summary(answer)


def _vote(task: Task, annotation_id: int) -> dict[str, Any]:
    vote = Annotation.objects.filter(task=task, pk=annotation_id, current=True).first()
    if vote is None:
        raise Invalid(
            "This task has no such vote; it may have been revised meanwhile.",
            code="no_such_vote",
            fields={"accept": "not a current vote of this task"},
        )
    return dict(vote.answer)


def _merged(task: Task) -> dict[str, Any]:
    verdict = verdict_on(task.project, task.ballot, prior=task.prior_in(task.project))
    if verdict is None:
        raise Invalid("This task has no votes that could be merged.", code="no_votes")
    return verdict.answer or answer_for(task.project, verdict.label)


def settle_as(task: Task, answer: dict[str, Any], category: str) -> None:
    """Settle a locked task for certain."""
    changes: dict[str, Any] = {
        "status": Task.Status.SETTLED,
        "adjudicated": True,
        "label": category,
        "answer": answer,
        "confidence": 1.0,
        "distribution": {} if is_merged(task.project) else {category: 1.0},
        "detail": {},
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
    refuse_when_over(task.project)
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
