"""Note who is sent an original, and forget it after its time; both cost one short statement."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from annotations.exporters import ITEM_EXPORTERS
from annotations.models import Export, Item, OriginalAccess
from labelhub.accounts.models import User
from labelhub.errors import NotFound

AT_ONCE = 5_000


def note_original(*, item: Item, user_id: int) -> None:
    """Write that an original goes out; it does not where that cannot be written.

    Raises NotFound for somebody whose account is closed: the address outlives it by minutes.
    """
    if not User.objects.filter(pk=user_id, is_active=True).exists():
        raise NotFound("There is no such picture.")
    OriginalAccess.objects.create(user_id=user_id, dataset_id=item.dataset_id, item_id=item.pk)


def note_pictures_of_export(*, export: Export, user_id: int) -> None:
    """Write that a file with pictures goes out; other files are none of this log's matter."""
    exporter = ITEM_EXPORTERS.get(export.format)
    if exporter is None or not (export.filters.get("pictures") or exporter.pictures == "always"):
        return
    OriginalAccess.objects.create(
        user_id=user_id,
        dataset_id=export.project.dataset_id,
        export_id=export.pk,
        pictures=export.rows or 0,
    )


def forget_accesses() -> int:
    """Delete the lines that are older than ACCESS_LOG_DAYS; return how many."""
    limit = timezone.now() - timedelta(days=settings.ACCESS_LOG_DAYS)
    old = OriginalAccess.objects.filter(at__lt=limit).order_by("at").values_list("pk", flat=True)
    forgotten = 0
    while ids := list(old[:AT_ONCE]):
        with transaction.atomic():
            forgotten += OriginalAccess.objects.filter(pk__in=ids).delete()[0]
    return forgotten
