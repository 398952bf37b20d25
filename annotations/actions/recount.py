"""Recount: leave the votes of a member out of consensus, or take them in again."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from annotations.actions.history import Cause, Standing, note_changes
from annotations.actions.pause import pause_labeler, record
from annotations.actions.project import replan_task
from annotations.actions.submit import ballot_entry, decide
from annotations.models import Annotation, LabelChange, Membership, Project, Seat, Task
from labelhub.accounts.models import User
from labelhub.jobs.queue import enqueue

CHUNK = 100  # tasks whose votes are counted anew in one transaction


@transaction.atomic
def count_member(*, membership: Membership, by: User, counted: bool) -> Membership:
    """Leave a member's votes out of consensus, or take them in again; a job does the counting.

    Whoever's votes are left out is paused too: more of them would help nobody.
    """
    if membership.counted == counted:
        return membership
    Membership.objects.filter(pk=membership.pk).update(counted=counted)
    membership.refresh_from_db()
    if not counted and membership.paused_at is None:
        pause_labeler(membership=membership, by=by, reason="A manager wants to look at your work.")
    enqueue(
        "recount_votes",
        payload={"member": membership.pk},
        dedupe_key=f"recount:{membership.pk}",
        project_id=membership.project_id,
        created_by=by,
    )
    record("member.counted" if counted else "member.left_out", by, membership)
    return membership


def recount_votes(*, membership: Membership) -> int:
    """Let every task that a member answered be decided with their vote, or without it.

    Each task is written from its ballot as it is then, in short transactions; running it twice
    changes nothing more. Returns how many tasks were decided anew.
    """
    project = Project.objects.select_related("schema").get(pk=membership.project_id)
    cause = Cause(LabelChange.Cause.COUNTED, None, f"member {membership.user_id}")
    done = 0
    for votes in _chunks(membership):
        noted = []
        with transaction.atomic():
            tasks = Task.objects.select_for_update().filter(pk__in=[v.task_id for v in votes])
            vote_of = {vote.task_id: vote for vote in votes}
            for task in tasks.order_by("pk"):
                ballot = [entry for entry in task.ballot if entry[1] != membership.user_id]
                if membership.counted:
                    ballot = sorted([*ballot, ballot_entry(project, vote_of[task.pk])])
                if ballot == task.ballot:
                    continue
                before = Standing.of(task)
                decide(task=task, project=project, ballot=ballot)
                replan_task(project=project, task=task)
                noted.append((before, task))
            note_changes(noted, cause)
        done += len(noted)
    return done


def _chunks(membership: Membership) -> Iterator[list[Annotation]]:
    votes = Annotation.objects.filter(
        project=membership.project_id, labeler=membership.user_id, current=True
    ).exclude(seat__lane=Seat.Lane.GOLD)
    last = 0
    while True:
        chunk = list(votes.filter(pk__gt=last).order_by("pk")[:CHUNK])
        if not chunk:
            return
        last = chunk[-1].pk
        yield chunk
