"""Foreign lane: what becomes of items that may belong to no class, and what people say of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from active_learning.actions.publish import score_soon
from active_learning.models import DuplicateGroup, ForeignItem
from annotations.actions.aside import set_aside, take_back
from annotations.models import Project, Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid

MOST_AT_ONCE = 500
# A reviewer decides screen after screen: order the queue once for all of it.
PAUSE = timedelta(seconds=5)
State = ForeignItem.State
Mode = Project.ForeignItems


def kept_back(project: Project) -> QuerySet[ForeignItem]:
    """Return the items that are kept from the queue's head until a person looks at them.

    Uniformly drawn ones are asked in their place: figures taken without the strangest of them
    would be too good.
    """
    return ForeignItem.objects.filter(
        project=project,
        flagged=True,
        surely=True,
        state=State.WAITING,
        task__arm=Task.Arm.ACTIVE,
        task__status=Task.Status.OPEN,
    )


def asked_last(project: Project) -> frozenset[int]:
    """Return the tasks that the queue's order puts behind all others."""
    if project.foreign_items != Mode.LAST:
        return frozenset()
    return frozenset(kept_back(project).values_list("task_id", flat=True))


def apply_mode(project: Project) -> int:
    """Set aside what the project wants set aside, give back what it does not; returns how many.

    What a person set aside stays so, as a foreign item or as a duplicate. Running it twice changes
    nothing more.
    """
    wanted: set[int] = set()
    if project.foreign_items == Mode.ASIDE:
        wanted = set(kept_back(project).filter(task__votes=0).values_list("task_id", flat=True))
    by_people = ForeignItem.objects.filter(project=project, state=State.ASIDE)
    now = set(Task.objects.filter(project=project, aside=True).values_list("pk", flat=True))
    back = now - wanted - set(by_people.values_list("task_id", flat=True))
    back -= tasks_of_duplicates(project)
    changed = set_aside(project=project, tasks=wanted - now)
    changed += take_back(project=project, tasks=back)
    return len(changed)


def tasks_of_duplicates(project: Project) -> set[int]:
    """Return the tasks that are set aside because a duplicate is asked about in their place."""
    kept = DuplicateGroup.objects.filter(
        dataset=project.dataset_id, state=DuplicateGroup.State.KEPT
    )
    named = (row.get(str(project.pk), []) for row in kept.values_list("set_aside", flat=True))
    return {task for tasks in named for task in tasks}


def decide_foreign(*, project: Project, tasks: Sequence[int], state: str, by: User) -> list[int]:
    """Say of items that they belong, or set them aside, or take back what was said of them.

    Returns the tasks that this was news for. Raises Invalid where a task was never judged, or is
    no longer open and shall be set aside.
    """
    wanted = set(tasks)
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise Invalid(f"Name 1 to {MOST_AT_ONCE} tasks.", fields={"tasks": "too many or none"})
    with transaction.atomic():
        rows = ForeignItem.objects.select_for_update(of=("self",)).filter(
            project=project, task__in=wanted
        )
        known = dict(rows.order_by("pk").values_list("task_id", "state"))
        if wanted - known.keys():
            raise Invalid("Some of these items were not judged.", code="not_judged")
        _refuse_answered(wanted, state)
        news = sorted(pk for pk, before in known.items() if before != state)
        person = None if state == State.WAITING else by
        moment = None if state == State.WAITING else timezone.now()
        ForeignItem.objects.filter(task__in=news).update(
            state=state, decided_by=person, decided_at=moment
        )
        _move(project, news, state)
        if news:
            AuditEvent.record(
                f"foreign.{state}", actor=by, project_id=project.pk, tasks=news[:MOST_AT_ONCE]
            )
            score_soon(project.pk, PAUSE)
    return news


def _refuse_answered(tasks: set[int], state: str) -> None:
    answered = Task.objects.filter(pk__in=tasks).exclude(status=Task.Status.OPEN, adjudicated=False)
    if state == State.ASIDE and answered.exists():
        raise Invalid(
            "Some of these items have their label by now; open them again in review first.",
            code="already_labeled",
        )


def _move(project: Project, tasks: list[int], state: str) -> None:
    if state == State.ASIDE:
        set_aside(project=project, tasks=tasks)
        return
    back = set(tasks)
    if state == State.WAITING and project.foreign_items == Mode.ASIDE:
        back -= set(kept_back(project).filter(task__votes=0).values_list("task_id", flat=True))
        set_aside(project=project, tasks=set(tasks) - back)
    take_back(project=project, tasks=back)
