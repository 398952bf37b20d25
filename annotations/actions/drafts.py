"""Drafts: keep what a labeler has begun on a lease, for the computer they go on at."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from annotations.actions.lease import LeaseLost, held_by, leased_seat
from annotations.models import Draft, Seat
from labelhub.accounts.models import User
from labelhub.errors import DomainError, Invalid, NotFound

JsonObject = dict[str, Any]

MOST_BYTES = 200_000  # of a draft as JSON; a thousand boxes take half of it
# What one labeler may have begun in a project; the oldest gives way to the newest.
MOST_DRAFTS = 20
LEAST_SECONDS = 1  # between two versions of one draft


class DraftTooLarge(Invalid):
    """The draft is larger than what is kept of an unfinished answer."""

    code, status = "draft_too_large", 413


class DraftTooSoon(DomainError):
    """The draft was kept a moment ago."""

    code, status, permanent = "draft_too_soon", 429, False


@transaction.atomic
def keep_draft(
    *, lease_id: str, labeler: User, answer: JsonObject, took_proposal: bool = False
) -> Draft:
    """Keep a begun answer in the place of the one before; the lease must stand.

    Raises DraftTooLarge, DraftTooSoon when it was kept less than LEAST_SECONDS ago, and LeaseLost.
    """
    _check_size(answer)
    seat, token = leased_seat(lease_id, labeler)
    # Locked, so that no draft comes after the answer that it was to become.
    if not Seat.objects.select_for_update().filter(held_by(labeler, token), pk=seat.pk).exists():
        raise LeaseLost("This lease is over; the draft is kept only where it was written.")
    mine = Draft.objects.filter(seat=seat, labeler=labeler)
    values = {"answer": answer, "took_proposal": took_proposal}
    apart = Now() - timedelta(seconds=LEAST_SECONDS)
    if not mine.filter(saved_at__lte=apart).update(saved_at=Now(), **values):
        if mine.exists():
            raise DraftTooSoon(
                f"A draft is kept at most once in {LEAST_SECONDS} s; send the latest one then.",
                extra={"retry_after": LEAST_SECONDS},
            )
        Draft.objects.create(seat=seat, labeler=labeler, saved_at=Now(), **values)
        _drop_oldest(labeler, seat.project_id)
    return mine.get()


def _check_size(answer: JsonObject) -> None:
    size = len(json.dumps(answer, separators=(",", ":")).encode())
    if size > MOST_BYTES:
        raise DraftTooLarge(
            f"A draft has at most {MOST_BYTES:,} bytes as JSON, this has {size:,}. "
            "It can be submitted as an answer all the same."
        )


def _drop_oldest(labeler: User, project_id: int) -> None:
    mine = Draft.objects.filter(labeler=labeler, seat__project=project_id)
    old = mine.order_by("-saved_at", "-pk").values_list("pk", flat=True)[MOST_DRAFTS:]
    Draft.objects.filter(pk__in=list(old)).delete()


def find_draft(*, lease_id: str, labeler: User) -> Draft:
    """Return what the labeler has begun on a lease; raises NotFound where that is nothing."""
    seat, _ = leased_seat(lease_id, labeler)
    draft = Draft.objects.filter(seat=seat, labeler=labeler).first()
    if draft is None:
        raise NotFound("Nothing is begun on this lease.", code="no_draft")
    return draft


def drop_draft(*, lease_id: str, labeler: User) -> None:
    """Forget what the labeler has begun on a lease, if anything."""
    seat, _ = leased_seat(lease_id, labeler)
    Draft.objects.filter(seat=seat, labeler=labeler).delete()


def sweep_drafts() -> int:
    """Forget drafts that nobody can go on with; return how many."""
    return Draft.objects.moot().delete()[0]
