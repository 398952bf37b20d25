"""Pair: are the two things shown the same (one person, one writer)?

Schema {"labels": [...]} as for single choice, "same" and "different" if none are given; answer
{"choice": "same"}.
"""

from __future__ import annotations

from typing import Any

from annotations.task_types.base import JsonObject, SchemaInvalid, require_object
from annotations.task_types.choice import Choice

SAME, DIFFERENT = "same", "different"
DEFAULT_LABELS = (
    {"name": SAME, "title": "Same", "hotkey": "1"},
    {"name": DIFFERENT, "title": "Different", "hotkey": "2"},
)


class Pair(Choice):
    """Same or different? Both labels stay; others ("cannot tell") may be added."""

    name = "pair"

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        if not given.get("labels"):
            given = {**given, "labels": [dict(label) for label in DEFAULT_LABELS]}
        checked = super().check_schema(given)
        in_use = {label["name"] for label in checked["labels"] if not label.get("retired")}
        for name in (SAME, DIFFERENT):
            if name not in in_use:
                raise SchemaInvalid("labels", f"a pair question needs the label '{name}'")
        return checked
