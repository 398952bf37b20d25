"""Gold seats: a gold item slipped in among a labeler's leases, and what their answer to it was."""

from __future__ import annotations

import random
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from annotations.consensus.gold import CONSIDERED, gold_rate
from annotations.models import Annotation, GoldItem, Project, Seat, Task
from annotations.task_types import ALL_TASK_TYPES

WINDOW = 16  # gold items that are looked at for some that this labeler has not seen


def draw_gold(project: Project, labeler_id: int, count: int) -> list[GoldItem]:
    """Return the gold items, new to this labeler, that shall be among their next `count` tasks.

    Most draws are decided before the database is asked anything.
    """
    draws = [draw for draw in (random.random() for _ in range(count)) if draw < project.gold_often]
    if not draws:
        return []
    rate = gold_rate(
        latest_answers(project.pk, labeler_id),
        often=project.gold_often,
        seldom=project.gold_seldom,
    )
    wanted = sum(draw < rate for draw in draws)
    return _unseen(project, labeler_id, wanted) if wanted else []


def latest_answers(project_id: int, labeler_id: int) -> list[bool]:
    """Return whether a labeler's latest answers to gold items were right, newest first."""
    rows = Annotation.objects.filter(
        project=project_id, labeler=labeler_id, gold_right__isnull=False, current=True
    )
    latest = rows.order_by("-pk").values_list("gold_right", flat=True)[:CONSIDERED]
    return [bool(right) for right in latest]


def _unseen(project: Project, labeler_id: int, count: int) -> list[GoldItem]:
    """Look for gold items in one stretch of the list, so that a long list costs no more.

    One that is no longer settled as its answer says is left alone, as is one of the labeler's own
    making.
    """
    gold = GoldItem.objects.filter(project=project, active=True)
    start = WINDOW * random.randrange(-(-project.gold_count // WINDOW))
    stretch = gold.order_by("pk").values("pk")[start : start + WINDOW]
    rows = (
        gold.filter(pk__in=stretch, task__status=Task.Status.SETTLED)
        .filter(Q(category="") | Q(category=F("task__label")))
        .exclude(Exists(Seat.objects.filter(task=OuterRef("task"), labeler=labeler_id)))
        .exclude(created_by=labeler_id)
        .select_related("task__item", *(["task__other_item"] if project.of_pairs else []))
    )
    found = list(rows)
    return random.sample(found, min(count, len(found)))


def judge_answer(seat: Seat, answer: dict[str, Any]) -> bool | None:
    """Whether an answer on a gold seat is right; None where the item is gold no more."""
    gold = GoldItem.objects.filter(task=seat.task_id, active=True).first()
    return None if gold is None else agrees(seat.project, answer, gold.answer)


def agrees(project: Project, answer: dict[str, Any], known: dict[str, Any]) -> bool:
    """Whether an answer counts as right: the same class, or within the task type's tolerance."""
    assert project.schema is not None
    task_type: Any = ALL_TASK_TYPES[project.task_type]
    if hasattr(task_type, "category"):
        return bool(task_type.category(answer) == task_type.category(known))
    distance = task_type.distance(answer, known, project.schema.document)
    return bool(distance <= task_type.tolerance)


def category_of(project: Project, answer: dict[str, Any]) -> str:
    """Return the class of an answer, or the line that stands for it."""
    return ALL_TASK_TYPES[project.task_type].summary(answer)
