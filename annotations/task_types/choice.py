"""Single choice: one label per item.

Schema {"labels": [{"name", "title"?, "color"?, "hotkey"?, "description"?, "group"?, "retired"?}]},
answer {"choice": name}.
"""

from __future__ import annotations

from typing import Any

from annotations.task_types.base import (
    AnswerInvalid,
    ImageSize,
    JsonObject,
    SchemaInvalid,
    check_labels,
    label_in_use,
    refuse_other_fields,
    require_labels_kept,
    require_object,
)


class Choice:
    """Which one of the labels is it?"""

    name = "choice"
    tolerance = 0.0

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, ("labels",), "", SchemaInvalid)
        return {"labels": check_labels(given.get("labels"), at_least=2)}

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        document = self.check_schema(new)
        require_labels_kept(old, document)
        return document

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        given = require_object(answer, "", AnswerInvalid)
        refuse_other_fields(given, ("choice",), "", AnswerInvalid)
        return {"choice": label_in_use(given.get("choice"), schema, "choice")}

    def category(self, answer: JsonObject) -> str:
        """The class of an answer: the label's name."""
        return str(answer["choice"])

    def answer_of(self, category: str) -> JsonObject:
        """The answer that stands for a class."""
        return {"choice": category}

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        return float(a["choice"] != b["choice"])

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        return self.category(answer)

    def summary(self, answer: JsonObject) -> str:
        return self.category(answer)
