"""What the views of runs and versions share: who asks, and how an accuracy is told."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from active_learning.reports import held_out


class Holdout(serializers.Serializer[Any]):
    """Accuracy on uniformly drawn items that were not trained on, with its 95 % interval."""

    accuracy = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    count = serializers.IntegerField()
    cer = serializers.FloatField(
        allow_null=True, help_text="Edits per character, where answers are texts; else null."
    )
    cer_low = serializers.FloatField(allow_null=True, help_text="Of its 95 % interval.")
    cer_high = serializers.FloatField(allow_null=True)
    ece = serializers.FloatField(allow_null=True, help_text="Expected calibration error.")


def holdout_document(metrics: dict[str, Any]) -> dict[str, Any] | None:
    """Return the figures of the holdout, None where there are none."""
    figures = held_out(metrics)
    names = ("accuracy", "low", "high", "count", "cer", "cer_low", "cer_high", "ece")
    return {name: figures.get(name) for name in names} if figures else None
