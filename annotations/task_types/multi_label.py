"""Multi-label: all labels that apply to an item, none is an answer too.

Schema {"labels": [...], "at_least"?: n, "at_most"?: n}, answer {"choices": [name, ...]}.
"""

from __future__ import annotations

from typing import Any

from annotations.task_types.base import (
    LABEL_LIMIT,
    AnswerInvalid,
    ImageSize,
    JsonObject,
    SchemaInvalid,
    check_labels,
    digest_of,
    label_in_use,
    one_line,
    refuse_other_fields,
    require_labels_kept,
    require_list,
    require_object,
    require_whole,
)


class MultiLabel:
    """Which of the labels apply?"""

    name = "multi_label"
    tolerance = 0.2

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, ("labels", "at_least", "at_most"), "", SchemaInvalid)
        checked: JsonObject = {"labels": check_labels(given.get("labels"), at_least=1)}
        for field in ("at_least", "at_most"):
            if given.get(field) is not None:
                checked[field] = require_whole(given[field], field, SchemaInvalid, at_least=0)
        least, most = checked.get("at_least", 0), checked.get("at_most", LABEL_LIMIT)
        in_use = sum(not label.get("retired") for label in checked["labels"])
        if least > min(most, in_use):
            raise SchemaInvalid("at_least", "is more than an answer can have")
        return checked

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        document = self.check_schema(new)
        require_labels_kept(old, document)
        return document

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        given = require_object(answer, "", AnswerInvalid)
        refuse_other_fields(given, ("choices",), "", AnswerInvalid)
        entries = require_list(given.get("choices"), "choices", AnswerInvalid, at_most=LABEL_LIMIT)
        chosen = [
            label_in_use(entry, schema, f"choices[{index}]") for index, entry in enumerate(entries)
        ]
        twice = next((name for name in chosen if chosen.count(name) > 1), None)
        if twice is not None:
            raise AnswerInvalid("choices", f"'{twice}' is chosen twice")
        least, most = schema.get("at_least", 0), schema.get("at_most", LABEL_LIMIT)
        if not least <= len(chosen) <= most:
            raise AnswerInvalid("choices", f"must be at least {least} and at most {most} labels")
        order = {label["name"]: index for index, label in enumerate(schema["labels"])}
        return {"choices": sorted(chosen, key=order.__getitem__)}

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """Jaccard distance: labels only one has, over labels either has."""
        first, second = set(a["choices"]), set(b["choices"])
        either = first | second
        return len(first ^ second) / len(either) if either else 0.0

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        return digest_of(sorted(answer["choices"]))

    def summary(self, answer: JsonObject) -> str:
        return one_line(", ".join(answer["choices"]) or "none")
