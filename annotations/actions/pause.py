"""Pause: a labeler who slips is given nothing new, may appeal, and is resumed by a manager."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q
from django.db.models.functions import Now
from django.utils import timezone

from annotations.actions.lease import free_leases
from annotations.actions.webhooks import tell
from annotations.consensus.gold import surely_below
from annotations.models import Annotation, Membership, Project, Seat
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict

NO_APPEAL = {"appeal": "", "appealed_at": None, "appeal_reply": "", "appeal_replied_at": None}


@transaction.atomic
def pause_labeler(*, membership: Membership, by: User | None, reason: str) -> Membership:
    """Give a member nothing new until somebody resumes them; all they answered stays and counts.

    `by` is None where the project's rule did it.
    """
    paused = Membership.objects.filter(pk=membership.pk, paused_at=None).update(
        paused_at=Now(), paused_reason=reason[:500], **NO_APPEAL
    )
    if not paused:
        raise Conflict("This member is paused already.")
    held = Seat.objects.filter(
        project=membership.project_id, labeler=membership.user_id, state=Seat.State.HELD
    )
    free_leases(held)
    record("member.paused", by, membership, reason=reason[:500])
    told = {"labeler": membership.user_id, "member": membership.pk, "reason": reason[:500]}
    tell("labeler.paused", membership.project_id, told)
    membership.refresh_from_db()
    return membership


@transaction.atomic
def resume_labeler(*, membership: Membership, by: User) -> Membership:
    """Let a paused member go on; the rule judges them by their gold answers from now on."""
    resumed = Membership.objects.filter(pk=membership.pk, paused_at__isnull=False).update(
        paused_at=None, paused_reason="", judged_from=Now(), **NO_APPEAL
    )
    if not resumed:
        raise Conflict("This member is not paused.")
    record("member.resumed", by, membership)
    membership.refresh_from_db()
    return membership


@transaction.atomic
def appeal_pause(*, project: Project, labeler: User, message: str) -> Membership:
    """Ask the managers to end one's pause; a later message takes the place of the first."""
    mine = Membership.objects.filter(project=project, user=labeler, active=True)
    if not mine.filter(paused_at__isnull=False).update(
        appeal=message[:2000], appealed_at=timezone.now(), appeal_reply="", appeal_replied_at=None
    ):
        raise Conflict("You are not paused in this project, so there is nothing to appeal against.")
    membership = mine.get()
    record("member.appealed", labeler, membership, message=message[:2000])
    return membership


@transaction.atomic
def reply_to_appeal(*, membership: Membership, by: User, message: str) -> Membership:
    """Leave a member paused who has appealed, and tell them why."""
    appealed = Membership.objects.filter(
        pk=membership.pk, paused_at__isnull=False, appealed_at__isnull=False
    )
    if not appealed.update(appeal_reply=message[:2000], appeal_replied_at=timezone.now()):
        raise Conflict("This member is not paused, or has not appealed.")
    record("member.appeal_refused", by, membership, message=message[:2000])
    membership.refresh_from_db()
    return membership


def judge_labeler(*, project: Project, labeler_id: int) -> bool:
    """Pause a labeler whose share right on gold is surely below the project's floor."""
    if not project.gold_floor:
        return False
    member = Membership.objects.filter(
        project=project, user=labeler_id, role=Membership.Role.LABELER, paused_at=None
    ).first()
    if member is None:
        return False
    right, count = gold_score(member)
    if not surely_below(right, count, floor=project.gold_floor, least=project.gold_least):
        return False
    reason = f"Of {count} answers that could be checked, {right} were right."
    pause_labeler(membership=member, by=None, reason=reason)
    return True


def gold_score(member: Membership) -> tuple[int, int]:
    """Return how many gold answers of a member were right, of how many; since they were resumed."""
    answers = Annotation.objects.filter(
        project=member.project_id,
        labeler=member.user_id,
        gold_right__isnull=False,
        current=True,
        task__gold__active=True,
    )
    if member.judged_from is not None:
        answers = answers.filter(created_at__gt=member.judged_from)
    found = answers.aggregate(count=Count("pk"), right=Count("pk", filter=Q(gold_right=True)))
    return found["right"], found["count"]


def record(action: str, by: User | None, membership: Membership, **more: str) -> None:
    """Note in the audit log what happened to a member."""
    AuditEvent.record(
        action,
        actor=by,
        project_id=membership.project_id,
        user=membership.user_id,
        member=membership.pk,
        **more,
    )
