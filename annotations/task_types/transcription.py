"""Transcription: the text on an image, as it is written.

Schema {"policy"?: {"form", "fold_case", "fold_punctuation"}, "max_length"?: n, "multiline"?: bool,
"direction"?: "auto" | "ltr" | "rtl" | "vertical", "palette"?: [characters]}; answer {"text": str}
or {"text": "", "illegible": true}. An empty text is an abstention; the policy holds in comparison
only, the text is kept as it was typed.
"""

from __future__ import annotations

from typing import Any

from rapidfuzz.distance import Levenshtein

from annotations.measures.text import TextPolicy
from annotations.task_types.base import (
    AnswerInvalid,
    ImageSize,
    JsonObject,
    SchemaInvalid,
    digest_of,
    join,
    one_line,
    refuse_other_fields,
    require_flag,
    require_list,
    require_object,
    require_text,
    require_whole,
)

DEFAULT_LENGTH, LONGEST = 2_000, 100_000
FORMS = ("NFC", "NFKC")
DIRECTIONS = ("auto", "ltr", "rtl", "vertical")
FIELDS = ("policy", "max_length", "multiline", "direction", "palette")


class Transcription:
    """What does it say?"""

    name = "transcription"
    tolerance = 0.05

    def check_schema(self, document: Any) -> JsonObject:
        given = require_object(document, "", SchemaInvalid)
        refuse_other_fields(given, FIELDS, "", SchemaInvalid)
        length = require_whole(
            given.get("max_length", DEFAULT_LENGTH), "max_length", SchemaInvalid, at_least=1
        )
        if length > LONGEST:
            raise SchemaInvalid("max_length", f"must be at most {LONGEST:,}")
        direction = given.get("direction", "auto")
        if direction not in DIRECTIONS:
            raise SchemaInvalid("direction", f"must be one of {', '.join(DIRECTIONS)}")
        palette = require_list(given.get("palette", []), "palette", SchemaInvalid, at_most=200)
        return {
            "policy": _check_policy(given.get("policy", {})),
            "max_length": length,
            "multiline": require_flag(given.get("multiline", False), "multiline", SchemaInvalid),
            "direction": direction,
            "palette": [
                require_text(entry, f"palette[{index}]", SchemaInvalid, limit=8)
                for index, entry in enumerate(palette)
            ],
        }

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        return self.check_schema(new)

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        given = require_object(answer, "", AnswerInvalid)
        refuse_other_fields(given, ("text", "illegible"), "", AnswerInvalid)
        illegible = require_flag(given.get("illegible", False), "illegible", AnswerInvalid)
        text = given.get("text", "" if illegible else None)
        checked = require_text(
            text,
            "text",
            AnswerInvalid,
            limit=schema["max_length"],
            lines=schema["multiline"],
            empty=True,
        )
        if illegible and checked.strip():
            raise AnswerInvalid("illegible", "an illegible answer has no text")
        return {"text": "", "illegible": True} if illegible else {"text": checked}

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """Edit distance over the longer length, of the texts under the policy."""
        if a.get("illegible") or b.get("illegible"):
            return float(bool(a.get("illegible")) != bool(b.get("illegible")))
        policy = TextPolicy(**schema["policy"])
        first, second = sorted((policy.key(a["text"]), policy.key(b["text"])))
        return float(Levenshtein.normalized_distance(first, second))

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        """Equal under the policy; an empty text abstains."""
        if answer.get("illegible"):
            return "illegible"
        text = TextPolicy(**schema["policy"]).key(answer["text"])
        return digest_of(text) if text else ""

    def summary(self, answer: JsonObject) -> str:
        return "(illegible)" if answer.get("illegible") else one_line(answer["text"])


def _check_policy(document: Any) -> JsonObject:
    given = require_object(document, "policy", SchemaInvalid)
    refuse_other_fields(given, ("form", "fold_case", "fold_punctuation"), "policy", SchemaInvalid)
    form = given.get("form", "NFC")
    if form not in FORMS:
        raise SchemaInvalid("policy.form", f"must be one of {', '.join(FORMS)}")
    flags = {
        field: require_flag(given.get(field, False), join("policy", field), SchemaInvalid)
        for field in ("fold_case", "fold_punctuation")
    }
    return {"form": form, **flags}
