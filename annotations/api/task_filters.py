"""Filters of a project's items as an address has them: what each is called, and what it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from annotations.models import Task
from labelhub.http.fields import FiniteFloatField, IdField

LONGEST = 200


class Text(serializers.CharField):
    """A text to look for, as it is; the empty one stands for items that have none."""

    def __init__(self, help_text: str, *, allow_blank: bool = False) -> None:
        super().__init__(
            max_length=LONGEST,
            required=False,
            allow_blank=allow_blank,
            trim_whitespace=False,
            help_text=help_text,
        )


class Share(FiniteFloatField):
    def __init__(self, help_text: str) -> None:
        super().__init__(min_value=0, max_value=1, required=False, help_text=help_text)


class KeyAndValue(serializers.CharField):
    """`KEY:VALUE`, read as the two."""

    def to_internal_value(self, data: Any) -> tuple[str, str]:  # type: ignore[override]
        key, colon, value = super().to_internal_value(data).partition(":")
        if not key or not colon:
            raise serializers.ValidationError("Write KEY:VALUE.")
        return key, value


class TaskFilters(serializers.Serializer[Any]):
    status = serializers.ChoiceField(choices=Task.Status.choices, required=False)
    arm = serializers.ChoiceField(choices=Task.Arm.choices, required=False)
    label = Text("The consensus says this.")  # type: ignore[assignment]
    predicted = Text("The model says this.")
    min_confidence = Share("Of the consensus.")
    max_confidence = Share("Of the consensus.")
    min_agreement = Share("Share of the votes that say the commonest answer; from two votes on.")
    max_agreement = Share("Share of the votes that say the commonest answer; from two votes on.")
    min_uncertainty = Share("1 less the model's probability of what it says.")
    max_uncertainty = Share("1 less the model's probability of what it says.")
    flagged = serializers.BooleanField(required=False)
    min_votes = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    max_votes = serializers.IntegerField(min_value=0, max_value=1_000, required=False)
    labeler = IdField(required=False, help_text="Answered by this one, by user id.")
    split = Text("The item's part; empty for items without.", allow_blank=True)
    group = Text("The item's group; empty for items without.", allow_blank=True)
    tag = Text("A tag on the item.")
    metadata = KeyAndValue(
        max_length=LONGEST, required=False, help_text="KEY:VALUE in the item's metadata."
    )
    text = Text("Part of the text that the consensus reads, whatever the case.")
    file = Text("Part of the file name, whatever the case.")


def filters_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filters among the parameters of an address; raises ValidationError by name."""
    names = TaskFilters().fields.keys()
    wanted = TaskFilters(data={name: given[name] for name in names if name in given})
    wanted.is_valid(raise_exception=True)
    return dict(wanted.validated_data)
