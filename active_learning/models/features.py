"""Features: what was computed of a dataset's pictures ahead of any question about them."""

from __future__ import annotations

from django.db import models


class DatasetFeatures(models.Model):
    """How far the feature stores of a dataset are, and the encoder that was trained on it."""

    dataset = models.OneToOneField(
        "annotations.Dataset", on_delete=models.CASCADE, primary_key=True, related_name="features"
    )
    # Pictures with edge features, unreadable ones included: they were looked at.
    items = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    last_item = models.BigIntegerField(default=0)
    # Name of the encoder's folder among the models; empty while there is none.
    encoder = models.CharField(max_length=64, blank=True, default="")
    pretrained_on = models.PositiveIntegerField(default=0)
    cpu_seconds = models.FloatField(default=0.0)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"features of {self.items} pictures"
