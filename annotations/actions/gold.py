"""Gold: tasks whose answer is known, made from any item at any time, to test labelers unseen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.gold_seats import agrees, category_of
from annotations.actions.history import Cause, Standing, note_changes
from annotations.actions.merge import is_merged
from annotations.actions.project import replan_task
from annotations.actions.submit import check_answer, decide
from annotations.models import (
    Adjudication,
    Annotation,
    GoldItem,
    LabelChange,
    Project,
    Task,
)
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid, NotAllowed

JsonObject = dict[str, Any]
METHOD = "gold"


class OwnWork(NotAllowed):
    """Nobody decides what is right on a task that they answered themselves."""

    code = "own_work"


class NoAnswerKnown(Invalid):
    """There is no answer from which a gold item could be made."""

    code = "no_answer_known"


@transaction.atomic
def make_gold(*, task: Task, by: User, answer: Any = None) -> GoldItem:
    """Make a task gold: with the answer given, which settles it, or as it is settled now.

    Raises NoAnswerKnown for an open task without an answer, OwnWork where the answer would judge
    the caller's own vote.
    """
    task = _locked(task.pk)
    if answer is None:
        if task.status != Task.Status.SETTLED or task.answer is None:
            raise NoAnswerKnown(
                "This item is not settled, so give the answer that is right for it.",
                fields={"answer": "missing"},
            )
        source, checked = GoldItem.Source.SETTLED, task.answer
    else:
        if Annotation.objects.filter(task=task, labeler=by).exists():
            raise OwnWork("You answered this item yourself; somebody else has to say what it is.")
        source, checked = GoldItem.Source.TYPED, check_answer(task.project, answer, task.item)
    gold = keep_gold(task, checked, source, by)
    count_gold(task.project)
    AuditEvent.record(
        "gold.made", actor=by, project_id=task.project_id, task=task.pk, source=str(source)
    )
    return gold


def keep_gold(task: Task, answer: JsonObject, source: str, by: User) -> GoldItem:
    category = category_of(task.project, answer)
    gold, _ = GoldItem.objects.update_or_create(
        task=task,
        defaults={
            "project_id": task.project_id,
            "answer": answer,
            "category": category,
            "source": source,
            "active": True,
            "created_by": by,
        },
    )
    _judge_again(gold, task.project)
    if source in GoldItem.CERTAIN:
        fix_label(gold, task, by)
    return gold


def _judge_again(gold: GoldItem, project: Project) -> None:
    """Answers that were given while the task was gold before are held against the new answer."""
    given = Annotation.objects.filter(task_id=gold.task_id, gold_right__isnull=False)
    for pk, answer in given.values_list("pk", "answer"):
        Annotation.objects.filter(pk=pk).update(gold_right=agrees(project, answer, gold.answer))


def fix_label(gold: GoldItem, task: Task, by: User) -> None:
    """Settle a task for certain by its known answer; votes stay, a decision that agrees too."""
    before = Standing.of(task)
    if task.adjudicated and task.answer and agrees(task.project, task.answer, gold.answer):
        return
    Adjudication.objects.filter(task=task, reopened_at=None).update(
        reopened_at=Now(), reopened_by=by
    )
    changes: JsonObject = {
        "status": Task.Status.SETTLED,
        "adjudicated": True,
        "label": gold.category,
        "answer": gold.answer,
        "confidence": 1.0,
        "distribution": {} if is_merged(task.project) else {gold.category: 1.0},
        "detail": {},
        "method": METHOD,
        "fit_id": None,
    }
    Task.objects.filter(pk=task.pk).update(**changes, settled_at=Now())
    for name, value in changes.items():
        setattr(task, name, value)
    note_changes([(before, task)], Cause(LabelChange.Cause.GOLD, by))
    replan_task(project=task.project, task=task)


@transaction.atomic
def retire_gold(*, gold: GoldItem, by: User) -> None:
    """Stop testing with an item; where its answer had settled the task, votes decide it again."""
    task = _locked(gold.task_id)
    if not GoldItem.objects.filter(pk=gold.pk, active=True).update(active=False):
        raise Conflict("This gold item is not in use any more.")
    count_gold(task.project)
    if task.method == METHOD:
        let_votes_decide(task, Cause(LabelChange.Cause.GOLD, by))
    AuditEvent.record("gold.retired", actor=by, project_id=task.project_id, task=task.pk)


def retire_contradicted(task: Task, answer: JsonObject, by: User) -> None:
    """Stop testing with an item about which a reviewer has just decided otherwise."""
    gold = GoldItem.objects.filter(task=task, active=True).first()
    if gold is not None and not agrees(task.project, answer, gold.answer):
        GoldItem.objects.filter(pk=gold.pk).update(active=False)
        count_gold(task.project)
        AuditEvent.record("gold.retired", actor=by, project_id=task.project_id, task=task.pk)


def let_votes_decide(task: Task, cause: Cause) -> None:
    """Take what is certain off a locked task: its votes alone say again what its label is."""
    before = Standing.of(task)
    cleared: JsonObject = {
        "adjudicated": False,
        "status": Task.Status.OPEN,
        "label": "",
        "answer": None,
        "confidence": None,
        "distribution": {},
        "method": "",
    }
    Task.objects.filter(pk=task.pk).update(settled_at=None, **cleared)
    for name, value in cleared.items():
        setattr(task, name, value)
    decide(task=task, project=task.project, ballot=task.ballot)
    note_changes([(before, task)], cause)
    replan_task(project=task.project, task=task)


def count_gold(project: Project) -> None:
    """Keep on the project how many gold items are in use, for the queue to read."""
    count = GoldItem.objects.filter(project=project, active=True).count()
    Project.objects.filter(pk=project.pk).update(gold_count=count)
    project.gold_count = count


def gold_of(tasks: Iterable[int]) -> dict[int, GoldItem]:
    """Return the gold items in use by task."""
    return {row.task_id: row for row in GoldItem.objects.filter(task__in=list(tasks), active=True)}


def _locked(task_id: int) -> Task:
    return (
        Task.objects.select_related("project__schema", "item")
        .select_for_update(of=("self",))
        .get(pk=task_id)
    )
