"""Draft: what a labeler has begun on a leased task, kept so that another computer can offer it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from annotations.models.task import Seat

# A lease that ran out may be had again, with what was begun; nobody waits for that longer.
KEPT_WITHOUT_A_LEASE = timedelta(days=1)


class DraftQuerySet(models.QuerySet["Draft"]):
    """Drafts, always of one labeler or on their way out."""

    def by_seat(self, *, labeler_id: int, seats: Iterable[Seat]) -> dict[int, Draft]:
        """Return a labeler's own drafts on some seats, by the seat's id."""
        rows = self.filter(labeler=labeler_id, seat__in=[seat.pk for seat in seats])
        return {row.seat_id: row for row in rows}

    def moot(self) -> DraftQuerySet:
        """Return drafts of what was answered, and old ones of leases that are over."""
        held = Seat.objects.filter(
            pk=OuterRef("seat_id"), labeler=OuterRef("labeler_id"), state=Seat.State.HELD
        )
        over = self.filter(~Exists(held))
        answered = models.Q(seat__state__in=[Seat.State.DONE, Seat.State.SKIPPED])
        return over.filter(answered | models.Q(saved_at__lt=Now() - KEPT_WITHOUT_A_LEASE))


class Draft(models.Model):
    """A begun answer: never checked against the label schema, never a vote, shown to its labeler
    alone."""

    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="drafts", db_index=False)
    labeler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    answer = models.JSONField()
    # It began as the proposal that came with the lease.
    took_proposal = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["seat", "labeler"], name="draft_once_per_labeler")
        ]

    def __str__(self) -> str:
        return f"draft of user {self.labeler_id} on seat {self.seat_id}"
