"""Decisions about duplicates: keep one and set the others aside, or say that they differ."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from active_learning.models import DuplicateGroup
from annotations.actions.aside import set_aside, take_back
from annotations.actions.edit_items import Change, Selection, request_edit, request_undo
from annotations.models import ItemEdit, Project, Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid

TAG = "duplicate"
State = DuplicateGroup.State


def keep_one(*, group: DuplicateGroup, item: int, by: User) -> DuplicateGroup:
    """Keep one item; tag the others, and ask nobody about them in the projects that `by` leads.

    Raises Invalid for an item that is none of the group's, Conflict for a group that is decided.
    """
    members = set(group.members.values_list("item_id", flat=True))
    if item not in members:
        raise Invalid(f"Item {item} is not in this group.", fields={"item": "not in the group"})
    others = tuple(sorted(members - {item}))
    with transaction.atomic():
        _decide(group, State.OPEN, State.KEPT, by)
        edit = request_edit(
            dataset=group.dataset,
            by=by,
            change=Change(add_tags=[TAG]),
            selection=Selection(items=others),
        )
        taken = {
            str(project.pk): set_aside(project=project, tasks=_tasks(project, others))
            for project in led_by(by, group.dataset_id)
        }
        aside = {project: tasks for project, tasks in taken.items() if tasks}
        DuplicateGroup.objects.filter(pk=group.pk).update(keep=item, edit=edit, set_aside=aside)
    group.refresh_from_db()
    return group


def say_distinct(*, group: DuplicateGroup, by: User) -> DuplicateGroup:
    """Say that these are different pictures: no search brings them up again."""
    with transaction.atomic():
        _decide(group, State.OPEN, State.DISTINCT, by)
    group.refresh_from_db()
    return group


def reopen_group(*, group: DuplicateGroup, by: User) -> DuplicateGroup:
    """Take a decision back, with its tags and what it set aside; Conflict if none was made."""
    with transaction.atomic():
        before = group.state
        if before == State.OPEN:
            raise Conflict("Nobody has decided about this group.", code="group_open")
        _decide(group, before, State.OPEN, by)
        if group.edit is not None and group.edit.state not in ItemEdit.TAKEN_BACK:
            request_undo(edit=group.edit, by=by)
        projects = Project.objects.select_related("schema").in_bulk(map(int, group.set_aside))
        for pk, project in projects.items():
            take_back(project=project, tasks=group.set_aside[str(pk)])
        DuplicateGroup.objects.filter(pk=group.pk).update(
            keep=None, edit=None, set_aside={}, decided_by=None, decided_at=None
        )
    group.refresh_from_db()
    return group


def led_by(user: User, dataset_id: int) -> QuerySet[Project]:
    """Return the projects on a dataset in which a user may say which tasks are asked."""
    projects = Project.objects.filter(dataset=dataset_id).select_related("schema").order_by("pk")
    if user.is_admin:
        return projects
    return projects.filter(
        memberships__user=user,
        memberships__active=True,
        memberships__role__in=["manager", "reviewer"],
    ).distinct()


def _tasks(project: Project, items: tuple[int, ...]) -> list[int]:
    about = Q(item__in=items) | Q(other_item__in=items) if project.of_pairs else Q(item__in=items)
    open_ones = Task.objects.filter(about, project=project, status=Task.Status.OPEN)
    return list(open_ones.values_list("pk", flat=True))


def _decide(group: DuplicateGroup, before: str, after: str, by: User) -> None:
    changed = DuplicateGroup.objects.filter(pk=group.pk, state=before).update(
        state=after, decided_by=by, decided_at=timezone.now()
    )
    if not changed:
        raise Conflict("Somebody has decided about this group.", code="group_decided")
    AuditEvent.record(
        f"duplicates.{after}", actor=by, dataset=group.dataset_id, group=group.pk, size=group.size
    )
