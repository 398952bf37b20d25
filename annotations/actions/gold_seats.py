"""Gold seats: a gold item slipped in among a labeler's leases, and what their answer to it was."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from annotations.actions.hot_path import give_gold
from annotations.consensus.gold import CONSIDERED, MOST_OFTEN, gold_rate
from annotations.models import Annotation, GoldItem, Project, Seat, Task
from annotations.task_types import ALL_TASK_TYPES

WINDOW = 16  # gold items that are looked at for some that this labeler has not seen


def draw_gold(project: Project, labeler_id: int, count: int) -> list[GoldItem]:
    """Return the gold items, new to this labeler, that shall be among their next `count` tasks.

    Most draws are decided before the database is asked anything.
    """
    draws = [draw for draw in (random.random() for _ in range(count)) if draw < MOST_OFTEN]
    if not draws:
        return []
    rate = gold_rate(latest_answers(project.pk, labeler_id))
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
        .select_related("task__item")
    )
    found = list(rows)
    return random.sample(found, min(count, len(found)))


def give_gold_seats(
    project: Project, labeler_id: int, gold: Sequence[GoldItem], models: Sequence[Seat]
) -> list[Seat]:
    """Hold a new seat on each gold item for a labeler, each looking like one of the models."""
    until = timezone.now() + timedelta(seconds=project.lease_seconds)
    seats = []
    for item in gold:
        model = random.choice(models)
        seat = Seat(
            project_id=project.pk,
            task=item.task,
            arm=model.arm,
            lane=Seat.Lane.GOLD,
            state=Seat.State.HELD,
            labeler_id=labeler_id,
            last_labeler_id=labeler_id,
            token=1,
            until=until,
            mask={"arm": model.task.arm, "lane": int(model.lane), "reason": model.task.reason},
        )
        seat.pk = give_gold(seat, labeler_id, project.lease_seconds)
        seats.append(disguised(seat))
    return seats


def disguised(seat: Seat) -> Seat:
    """Return a seat as its labeler may see it: a gold one shows what it took the place of."""
    if seat.mask is not None:
        seat.lane, seat.task.arm = seat.mask["lane"], seat.mask["arm"]
        seat.task.reason = seat.mask["reason"]
    return seat


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
