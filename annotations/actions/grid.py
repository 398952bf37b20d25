"""Grid: confirm one label for many items at once, each as a vote of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from annotations.actions.hidden_seats import give_hidden_seats
from annotations.actions.hot_path import hold_seats
from annotations.actions.lease import LeaseLost, is_member
from annotations.actions.submit import (
    IdempotencyConflict,
    check_answer,
    refuse_when_over,
    submit_annotation,
)
from annotations.models import Annotation, GoldItem, Item, Membership, Project, Seat, Task
from annotations.task_types import TASK_TYPES
from labelhub.accounts.models import User
from labelhub.errors import Conflict, Invalid, NotAllowed

MOST_AT_ONCE = 200
KEY_LIMIT = 60  # with the task's id it must fit an annotation's key
GRID_TYPES = ("choice",)
HELD_BY_OTHERS = "Others are answering it, or it has all the answers that it wants."


class NoGrid(Conflict):
    """The project's question cannot be answered for many items at once."""

    code = "no_grid"


@dataclass
class Confirmed:
    """How many votes were kept now and before, and the tasks that were left with the reason."""

    kept: int = 0
    repeated: int = 0
    left: dict[int, str] = field(default_factory=dict)


def tiles_for(project: Project, labeler: User) -> QuerySet[Task]:
    """Return the tasks that a labeler may confirm: a seat of theirs is free, and they are new.

    Gold items are among them, and look the same; not those whose label has moved away from the
    known answer. Uniformly drawn items are not: a tile tells what a model or others take it for,
    and these items are what both are measured by.
    """
    refuse_no_grid(project)
    seats = Seat.objects.filter(task=OuterRef("pk"))
    free = Q(Exists(seats.filter(state=Seat.State.FREE, lane__lt=Seat.Lane.GOLD)))
    stands = Q(gold__category="") | Q(gold__category=F("label"))
    gold = Q(gold__active=True, status=Task.Status.SETTLED) & stands & ~Q(gold__created_by=labeler)
    fresh = Q(status=Task.Status.OPEN, arm=Task.Arm.ACTIVE) & free
    return Task.objects.filter(
        fresh | gold, ~Exists(seats.filter(labeler=labeler)), project=project
    )


def refuse_no_grid(project: Project) -> None:
    if project.task_type not in GRID_TYPES:
        raise NoGrid(f"Answers to {project.task_type} questions are not confirmed in a grid.")


def confirm_many(
    *, project: Project, labeler: User, label: str, tasks: Sequence[int], key: str
) -> Confirmed:
    """Give a label to many tasks; each becomes a vote of its own that can be revised.

    A task is answered in a free seat or not at all, so nothing is collected twice; the same key
    again keeps nothing twice, and goes on where an interrupted request ended. Raises AnswerInvalid
    for a label that is none, IdempotencyConflict where the key was used for another one.
    """
    _refuse(project, labeler, tasks, key)
    assert project.schema is not None
    answer = TASK_TYPES[project.task_type].answer_of(label)  # type: ignore[attr-defined]
    answer = check_answer(project, answer, Item(width=1, height=1))
    result = Confirmed()
    before = _answered(labeler, key, tasks)
    if any(given != answer for given in before.values()):
        raise IdempotencyConflict("This key was used before with another label.")
    for task in dict.fromkeys(tasks):
        if task in before:
            result.repeated += 1
            continue
        try:
            _confirm(project, labeler, task, answer, f"{key}:{task}")
            result.kept += 1
        except LeaseLost as error:
            result.left[task] = error.detail
    return result


def _refuse(project: Project, labeler: User, tasks: Sequence[int], key: str) -> None:
    refuse_no_grid(project)
    refuse_when_over(project)
    if project.state != Project.State.ACTIVE:
        raise Conflict(f"This project is {project.state}.", code="project_not_active")
    if not is_member(project.pk, labeler):
        raise NotAllowed("Only members of a project answer its questions.")
    paused = Membership.objects.filter(project=project, user=labeler, paused_at__isnull=False)
    if paused.exists():
        raise NotAllowed("Your work here is paused.", code="paused")
    if len(tasks) > MOST_AT_ONCE:
        raise Invalid(f"Confirm at most {MOST_AT_ONCE} items at a time.", code="too_many_items")
    if not key.isprintable() or not 0 < len(key) <= KEY_LIMIT:
        raise Invalid(f"A key has at most {KEY_LIMIT} printable characters.", code="bad_key")


def _answered(labeler: User, key: str, tasks: Iterable[int]) -> dict[int, Any]:
    """Return what was kept under this key, by task."""
    keys = [f"{key}:{task}" for task in tasks]
    kept = Annotation.objects.filter(labeler=labeler, key__in=keys)
    return dict(kept.values_list("task_id", "answer"))


def _confirm(project: Project, labeler: User, task: int, answer: Any, key: str) -> None:
    """Hold a seat of the task and answer it, in one commit."""
    try:
        with transaction.atomic():
            seat = _take_seat(project, labeler, task)
            submit_annotation(
                labeler=labeler,
                lease_id=seat.lease_id,
                answer=answer,
                key=key,
                source=Annotation.Source.BULK,
            )
    except IntegrityError as error:
        raise LeaseLost("You have answered it already.") from error


def _take_seat(project: Project, labeler: User, task_id: int) -> Seat:
    # First the task, then its seats, as whoever answers another seat of it does.
    tiles = tiles_for(project, labeler).select_for_update(of=("self",))
    task = tiles.select_related("item").filter(pk=task_id).first()
    if task is None:
        raise LeaseLost(HELD_BY_OTHERS)
    gold = GoldItem.objects.select_related("task__item").filter(task=task, active=True).first()
    if gold is not None:
        model = _model_of(task)
        return give_hidden_seats(project, labeler.pk, [gold.task], [model], Seat.Lane.GOLD)[0]
    free = Seat.objects.filter(task=task, state=Seat.State.FREE, lane__lt=Seat.Lane.GOLD)
    seat = free.order_by("lane", "no").first()
    if seat is None or hold_seats([seat], labeler.pk, project.lease_seconds) != 1:
        raise LeaseLost(HELD_BY_OTHERS)
    seat.token += 1
    return seat


def _model_of(task: Task) -> Seat:
    """What a gold item's seat looks like: that of any fresh item."""
    return Seat(task=task, arm=task.arm, lane=Seat.Lane.FRESH)
