"""Invite: a link that lets one person join a project, with an account of their own if need be."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from annotations.models import Membership, Project
from labelhub.accounts.actions import save_user
from labelhub.accounts.models import AuditEvent, Invitation, User, digest
from labelhub.errors import Conflict, NotFound

USELESS = "This invitation is unknown, used or expired; ask for a new one."


@transaction.atomic
def invite_member(
    *, project: Project, role: str, by: User, days: int = 14
) -> tuple[Invitation, str]:
    """Make an invitation; return it and its code, which nobody can read again."""
    invitation, code = Invitation.issue(project_id=project.pk, role=role, by=by, days=days)
    AuditEvent.record(
        "invitation.made", actor=by, project_id=project.pk, invitation=invitation.pk, role=role
    )
    return invitation, code


def find_invitation(*, code: str) -> tuple[Invitation, Project]:
    """Return a usable invitation and its project; raises NotFound for any other.

    It lapses with the rights of whoever made it.
    """
    invitation = (
        Invitation.objects.select_related("created_by")
        .filter(digest=digest(code), accepted_at=None, expires_at__gt=Now())
        .first()
    )
    project = invitation and Project.objects.filter(pk=invitation.project_id).first()
    if not invitation or not project or not _may_invite(invitation.created_by, project):
        raise NotFound(USELESS, code="invitation_useless")
    return invitation, project


def _may_invite(user: User, project: Project) -> bool:
    manages = Membership.objects.filter(
        user=user, project=project, role=Membership.Role.MANAGER, active=True
    )
    return user.is_active and (user.is_admin or manages.exists())


@transaction.atomic
def accept_invitation(*, code: str, user: User) -> Membership:
    """Join the project, once; a user who is new is stored in the same commit.

    A member stays what they are, and the invitation stays usable.
    """
    invitation, project = find_invitation(code=code)
    existing = Membership.objects.filter(project=project, user_id=user.pk).first()
    if existing is not None and not existing.active:
        raise Conflict("A manager has paused your membership.", code="membership_paused")
    if existing is not None:
        return existing
    if user.pk is None:
        save_user(user=user, by=invitation.created_by)
    used = Invitation.objects.filter(pk=invitation.pk, accepted_at=None).update(
        accepted_at=Now(), accepted_by=user
    )
    if not used:
        raise NotFound(USELESS, code="invitation_useless")
    membership = Membership.objects.create(project=project, user=user, role=invitation.role)
    AuditEvent.record(
        "invitation.accepted",
        actor=user,
        project_id=project.pk,
        invitation=invitation.pk,
        role=membership.role,
    )
    return membership
