"""Members: give people roles in a project and take them back; votes stay whoever leaves."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from annotations.actions.lease import free_leases
from annotations.models import Draft, Membership, Project, Seat
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid


class LastManager(Conflict):
    """A project keeps at least one manager."""

    code = "last_manager"


@transaction.atomic
def add_member(
    *,
    project: Project,
    by: User,
    role: str,
    user: int | None = None,
    username: str | None = None,
) -> Membership:
    """Give a user, named by id or by name, a role; someone who left comes back."""
    wanted = {"pk": user} if user is not None else {"username": username}
    person = User.objects.filter(is_active=True, **wanted).first()
    if person is None:
        raise Invalid("There is no such user.", code="unknown_user", fields={"username": "unknown"})
    existing = Membership.objects.filter(project=project, user=person).first()
    if existing is not None:
        return change_member(membership=existing, by=by, role=role, active=True)
    membership = Membership.objects.create(project=project, user=person, role=role)
    _record("member.added", by, membership)
    return membership


@transaction.atomic
def change_member(*, membership: Membership, by: User, **changes: Any) -> Membership:
    """Change role or activity; a member who is paused gives up what they hold."""
    loses_manager = membership.role == Membership.Role.MANAGER and (
        changes.get("role", membership.role) != Membership.Role.MANAGER
        or not changes.get("active", membership.active)
    )
    if loses_manager:
        _keep_a_manager(membership)
    for name, value in changes.items():
        setattr(membership, name, value)
    membership.save(update_fields=[*changes])
    if not membership.active:
        _release_leases(membership)
    _record("member.changed", by, membership)
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take a member out of a project."""
    if membership.role == Membership.Role.MANAGER:
        _keep_a_manager(membership)
    _release_leases(membership)
    _record("member.removed", by, membership)
    membership.delete()


def _keep_a_manager(leaving: Membership) -> None:
    # Two managers who demote each other at the same moment do so one after the other.
    Project.objects.select_for_update().get(pk=leaving.project_id)
    others = Membership.objects.filter(
        project_id=leaving.project_id, role=Membership.Role.MANAGER, active=True
    ).exclude(pk=leaving.pk)
    if not others.exists():
        raise LastManager("A project keeps at least one manager; make somebody else one first.")


def _release_leases(membership: Membership) -> None:
    Draft.objects.filter(labeler=membership.user_id, seat__project=membership.project_id).delete()
    free_leases(
        Seat.objects.filter(
            project_id=membership.project_id, labeler_id=membership.user_id, state=Seat.State.HELD
        )
    )


def _record(action: str, by: User, membership: Membership) -> None:
    AuditEvent.record(
        action,
        actor=by,
        project_id=membership.project_id,
        user=membership.user_id,
        role=membership.role,
        active=membership.active,
    )
