"""Pair: are the two things shown the same (one person, one writer)?

Schema {"labels": [...]} as for single choice, "same", "different" and "cannot_tell" if none are
given; answer {"choice": "same"}. That nobody can tell is an answer, which can win like the others.
"""

from __future__ import annotations

from typing import Any

from annotations.task_types.base import JsonObject, SchemaInvalid, require_object
from annotations.task_types.choice import Choice

PAIR = "pair"
SAME, DIFFERENT, CANNOT_TELL = "same", "different", "cannot_tell"
DEFAULT_LABELS = (
    {"name": SAME, "title": "Same", "hotkey": "1"},
    {"name": DIFFERENT, "title": "Different", "hotkey": "2"},
    {"name": CANNOT_TELL, "title": "Cannot tell", "hotkey": "3"},
)


class Pair(Choice):
    """Are the two the same, or different?"""

    name = PAIR

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
