"""Fields that refuse what the framework's own let through."""

from __future__ import annotations

import math
from typing import Any

from rest_framework import serializers

from labelhub.http.converters import LARGEST_ID


class FiniteFloatField(serializers.FloatField):
    """A number; the texts "nan" and "inf" are none, though Python reads them as such.

    No comparison with a limit refuses NaN, and no JSON document can hold it.
    """

    def to_internal_value(self, data: Any) -> float:
        value = super().to_internal_value(data)
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class IdField(serializers.IntegerField):
    """The id of a row; larger numbers would break the query that looks for it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=LARGEST_ID, **options)
