"""Map: where the pictures of a dataset lie in the plane, like next to like."""

from __future__ import annotations

from django.db import models


class DatasetMap(models.Model):
    """The map that was drawn last; its points lie in a file under their hash."""

    dataset = models.OneToOneField(
        "annotations.Dataset", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    sha256 = models.CharField(max_length=64)
    items = models.PositiveIntegerField()
    skipped = models.PositiveIntegerField(default=0)
    last_item = models.BigIntegerField(default=0)
    cpu_seconds = models.FloatField(default=0.0)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"map of {self.items} pictures"
