"""Votes that came with an upload: cast in projects that ask the same, by who their source is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from annotations.actions.given_answers import fitted
from annotations.actions.hot_path import hold_seats
from annotations.actions.submit import AnswerInvalid, check_answer, submit_annotation
from annotations.models import Annotation, GivenAnswer, Item, Membership, Project, Seat, Task
from labelhub.accounts.models import User
from labelhub.jobs.queue import enqueue

CAST_JOB = "cast_votes"
BATCH = 500
_LEASE_SECONDS = 60


def votes_for(project: Project) -> QuerySet[GivenAnswer]:
    """Return the votes that came with the project's items, for questions of its kind.

    Only those that somebody imported who manages the project: nobody votes in a project of others
    by way of a dataset that is used there. Of imports whose author is unknown it is the owner.
    """
    managers = Membership.objects.filter(
        project=project, role=Membership.Role.MANAGER, active=True
    ).values("user")
    theirs = Q(given_by__in=managers)
    theirs |= Q(given_by=None, item__dataset__created_by__in=managers)
    return GivenAnswer.objects.filter(
        theirs,
        role=GivenAnswer.Role.VOTE,
        task_type=project.task_type,
        item__dataset_id=project.dataset_id,
    )


def cast_votes_soon(project: Project) -> None:
    """Put the casting of votes in line where there are any."""
    if votes_for(project).exists():
        key = f"{CAST_JOB}:{project.pk}"
        enqueue(CAST_JOB, payload={"project": project.pk}, dedupe_key=key, project_id=project.pk)


def cast_given_votes(
    *, project: Project, progress: Callable[[float, str], None] = lambda fraction, message: None
) -> dict[str, int]:
    """Cast the votes that came with items, each once; returns how many were cast and how many not.

    They go the way of every vote: into a free seat of an open task, checked by the label schema. A
    task without a free seat has all the votes it wants, so its given votes are left out.
    """
    told = {"cast": 0, "left_out": 0}
    last, total = 0, max(1, votes_for(project).count())
    while batch := list(votes_for(project).filter(pk__gt=last).order_by("pk")[:BATCH]):
        tasks = dict(
            Task.objects.filter(
                project=project, item__in={given.item_id for given in batch}
            ).values_list("item_id", "pk")
        )
        for given in batch:
            task = tasks.get(given.item_id)
            cast = task is not None and cast_vote(
                project=project,
                source=given.source,
                answer=given.answer,
                task_id=task,
                key=f"given-{given.pk}-{project.pk}",
            )
            told["cast" if cast else "left_out"] += 1
        last = batch[-1].pk
        progress(sum(told.values()) / total, f"{told['cast']:,} votes cast")
    return told


def cast_vote(
    *, project: Project, source: str, answer: dict[str, Any], task_id: int, key: str
) -> bool:
    """Cast the vote of a source once; returns whether it fits the task and there was room."""
    labeler = _labeler_of(project, source)
    if labeler is None or Annotation.objects.filter(task=task_id, labeler=labeler).exists():
        return False
    assert project.schema is not None
    try:
        item = Item.objects.get(tasks=task_id)
        answer = check_answer(project, fitted(answer, project.schema.document), item)
    except AnswerInvalid:
        return False
    free = Seat.objects.filter(task=task_id, state=Seat.State.FREE, lane__lt=Seat.Lane.GOLD)
    with transaction.atomic():
        # First the task, then its seats, as whoever answers another seat of it does.
        Task.objects.select_for_update().get(pk=task_id)
        seat = free.order_by("no").first()
        if seat is None or not hold_seats([seat], labeler.pk, _LEASE_SECONDS):
            return False
        seat.refresh_from_db()
        submit_annotation(
            labeler=labeler,
            lease_id=seat.lease_id,
            answer=answer,
            key=key,
            source=Annotation.Source.IMPORT,
        )
    return True


def _labeler_of(project: Project, source: str) -> User | None:
    """Return the labeler who stands for a source: nobody who could sign in.

    None where a manager has taken that source out of the project, be it for a while or for good:
    who has answered here and is no member was removed, and does not come back by another import.
    """
    # No account can have a name with a space: nobody becomes a member by calling themselves so.
    name = f"import {hashlib.sha256(source.encode()).hexdigest()[:16]}"
    labeler, made = User.objects.get_or_create(
        username=name, defaults={"display_name": source[:100], "is_active": False}
    )
    if made:
        labeler.set_unusable_password()
        labeler.save(update_fields=["password"])
    membership = Membership.objects.filter(project=project, user=labeler).first()
    if membership is None:
        if Annotation.every.filter(project=project, labeler=labeler).exists():
            return None
        membership, _ = Membership.objects.get_or_create(
            project=project, user=labeler, defaults={"role": Membership.Role.LABELER}
        )
    return labeler if membership.active else None
