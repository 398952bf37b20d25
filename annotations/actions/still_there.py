"""Whoever reads items for long must not publish what was taken down while they read."""

from __future__ import annotations

from django.db import transaction

from annotations.models import Dataset
from labelhub.errors import Unavailable


class TakenDownMeanwhile(Unavailable):
    """Items were taken down while they were read; the same work again leaves them out."""

    code = "taken_down_meanwhile"


def taken_down_so_far(dataset_id: int) -> int:
    """Return how many items were ever taken down from a dataset; look before you read."""
    return Dataset.objects.values_list("taken_down", flat=True).get(pk=dataset_id)


def refuse_if_taken_down(dataset_id: int, before: int) -> None:
    """Raise TakenDownMeanwhile where that number grew. Call it in the transaction that publishes.

    The dataset's row is locked until then, so that a takedown comes before or after.
    """
    with transaction.atomic():
        Dataset.objects.select_for_update().get(pk=dataset_id)
        if taken_down_so_far(dataset_id) != before:
            raise TakenDownMeanwhile("Items were taken down meanwhile; it is made without them.")
