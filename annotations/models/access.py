"""Who was sent which original: one line for each time, never changed, gone with its time."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class OriginalAccess(models.Model):
    """One original, or all those in an export's file, sent to somebody.

    Items and exports are kept by number alone: the line outlives what was taken down.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    dataset_id = models.BigIntegerField()
    item_id = models.BigIntegerField(null=True)
    export_id = models.BigIntegerField(null=True)
    pictures = models.PositiveIntegerField(default=1)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        # An administrator looks for what one person saw, and for who saw one picture.
        indexes = [
            models.Index(fields=["user", "id"], name="access_by_user"),
            models.Index(fields=["item_id", "id"], name="access_by_item"),
            models.Index(fields=["dataset_id", "id"], name="access_by_dataset"),
        ]

    def __str__(self) -> str:
        what = f"item {self.item_id}" if self.item_id else f"export {self.export_id}"
        return f"{what} to user {self.user_id}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is not None:
            raise TypeError("a line of the access log is never changed")
        super().save(*args, **options)
