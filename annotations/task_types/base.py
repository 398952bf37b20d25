"""What a kind of question is: which label schemas and answers are legal, how far answers differ."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Protocol

JsonObject = dict[str, Any]
ImageSize = tuple[int, int]

NAME_LIMIT = 200
TEXT_LIMIT = 4_000
LABEL_LIMIT = 1_000
SUMMARY_LIMIT = 200
COLOR = re.compile(r"#[0-9a-fA-F]{6}")


class _Invalid(ValueError):
    """A document that breaks a rule: `path` names the place ("labels[2].name"), `reason` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class SchemaInvalid(_Invalid):
    """The label schema is not legal."""


class AnswerInvalid(_Invalid):
    """The answer is not legal under its label schema."""


class TaskType(Protocol):
    """One kind of question. Answers and schemas are JSON objects; see each type's module.

    A type whose answers fall into classes also gives `category(answer) -> str`; one whose answers
    can be combined gives `merge(answers, schema)`.
    """

    name: str
    # An answer within this distance of the known one counts as right.
    tolerance: float

    def check_schema(self, document: Any) -> JsonObject:
        """The document in normal form; raises SchemaInvalid."""
        ...

    def successor(self, old: JsonObject, new: Any) -> JsonObject:
        """`new` in normal form as the next version after `old`; raises SchemaInvalid.

        Labels retire, they never vanish: answers that use them must stay legal to display.
        """
        ...

    def check_answer(
        self, answer: Any, schema: JsonObject, image_size: ImageSize | None = None
    ) -> JsonObject:
        """The answer in normal form; image_size is (width, height); raises AnswerInvalid."""
        ...

    def distance(self, a: JsonObject, b: JsonObject, schema: JsonObject) -> float:
        """How far two legal answers differ, in [0, 1]; 0 for equal answers, symmetric."""
        ...

    def key(self, answer: JsonObject, schema: JsonObject) -> str:
        """Short, and equal for answers that count as the same; empty for an abstention."""
        ...

    def summary(self, answer: JsonObject) -> str:
        """The answer in one line of at most SUMMARY_LIMIT characters, for lists and tables."""
        ...


def digest_of(value: Any) -> str:
    """A short hash of a JSON value, the same however its objects are ordered."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def one_line(text: str) -> str:
    """A text as one line of at most SUMMARY_LIMIT characters."""
    words = " ".join(text[: 4 * SUMMARY_LIMIT].split())
    return words if len(words) <= SUMMARY_LIMIT else words[: SUMMARY_LIMIT - 1] + "…"


def counted(names: Sequence[str]) -> str:
    """Names with how often each occurs: "2 × face, hand"; "nothing" without any."""
    counts = {name: names.count(name) for name in sorted(set(names))}
    parts = (f"{n} × {name}" if n > 1 else name for name, n in counts.items())
    return one_line(", ".join(parts) or "nothing")


# --- checks that several types share ---------------------------------------------------------


def require_object(value: Any, path: str, error: type[_Invalid]) -> JsonObject:
    if not isinstance(value, dict):
        raise error(path, "must be an object")
    return value


def require_list(
    value: Any, path: str, error: type[_Invalid], *, at_least: int = 0, at_most: int
) -> list[Any]:
    if not isinstance(value, list):
        raise error(path, "must be a list")
    if len(value) < at_least:
        raise error(path, f"must have at least {at_least} entries")
    if len(value) > at_most:
        raise error(path, f"must have at most {at_most} entries")
    return value


def refuse_other_fields(
    value: JsonObject, allowed: Sequence[str], path: str, error: type[_Invalid]
) -> None:
    extra = sorted(str(key) for key in value if key not in allowed)
    if extra:
        raise error(join(path, extra[0]), "is not a known field")


def require_text(
    value: Any,
    path: str,
    error: type[_Invalid],
    *,
    limit: int = NAME_LIMIT,
    lines: bool = False,
    empty: bool = False,
) -> str:
    """A string without control characters (line breaks and tabs only where `lines`)."""
    if not isinstance(value, str):
        raise error(path, "must be text")
    if len(value) > limit:
        raise error(path, f"must have at most {limit:,} characters, this has {len(value):,}")
    if not empty and not value.strip():
        raise error(path, "must not be empty")
    for character in value:
        if lines and character in "\n\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise error(path, f"must not hold the control character U+{ord(character):04X}")
    return value


def require_number(value: Any, path: str, error: type[_Invalid]) -> float:
    """A finite number; not a boolean."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise error(path, "must be a number")
    try:
        number = float(value)
    except OverflowError:
        raise error(path, "is too large") from None
    if not math.isfinite(number):
        raise error(path, "must be a finite number")
    return number


def require_whole(value: Any, path: str, error: type[_Invalid], *, at_least: int) -> int:
    """A whole number; not a boolean."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise error(path, "must be a whole number")
    if value < at_least:
        raise error(path, f"must be at least {at_least}")
    return value


def require_flag(value: Any, path: str, error: type[_Invalid]) -> bool:
    if not isinstance(value, bool):
        raise error(path, "must be true or false")
    return value


def join(path: str, field: str) -> str:
    return f"{path}.{field}" if path else field


# --- labels ----------------------------------------------------------------------------------

LABEL_FIELDS = ("name", "title", "color", "hotkey", "description", "group", "retired")


def check_labels(document: Any, *, at_least: int, path: str = "labels") -> list[JsonObject]:
    """The `labels` of a schema in normal form.

    Names are unique, hotkeys of labels in use are unique, at least `at_least` are not retired.
    """
    entries = require_list(document, path, SchemaInvalid, at_most=LABEL_LIMIT)
    labels = [_check_label(entry, f"{path}[{index}]") for index, entry in enumerate(entries)]
    _require_unique(labels, "name", path)
    _require_unique([label for label in labels if not label.get("retired")], "hotkey", path)
    in_use = sum(not label.get("retired") for label in labels)
    if in_use < at_least:
        raise SchemaInvalid(path, f"must have at least {at_least} labels that are not retired")
    return labels


def _check_label(entry: Any, path: str) -> JsonObject:
    given = require_object(entry, path, SchemaInvalid)
    refuse_other_fields(given, LABEL_FIELDS, path, SchemaInvalid)
    if "name" not in given:
        raise SchemaInvalid(join(path, "name"), "is missing")
    label: JsonObject = {"name": require_text(given["name"], join(path, "name"), SchemaInvalid)}
    if label["name"] != label["name"].strip():
        raise SchemaInvalid(join(path, "name"), "must not begin or end with a space")
    for field in ("title", "group", "hotkey"):
        if given.get(field):
            label[field] = require_text(given[field], join(path, field), SchemaInvalid)
    if given.get("description"):
        label["description"] = require_text(
            given["description"],
            join(path, "description"),
            SchemaInvalid,
            limit=TEXT_LIMIT,
            lines=True,
        )
    if given.get("color"):
        label["color"] = _check_color(given["color"], join(path, "color"))
    if "retired" in given and require_flag(given["retired"], join(path, "retired"), SchemaInvalid):
        label["retired"] = True
    return label


def _check_color(value: Any, path: str) -> str:
    if not isinstance(value, str) or not COLOR.fullmatch(value):
        raise SchemaInvalid(path, "must look like #1a2b3c")
    return value.lower()


def _require_unique(labels: Sequence[JsonObject], field: str, path: str) -> None:
    seen: dict[str, str] = {}
    for label in labels:
        value = label.get(field)
        if value is None:
            continue
        if value in seen:
            what = "" if field == "name" else f" of '{seen[value]}' and '{label['name']}'"
            raise SchemaInvalid(path, f"the {field} '{value}'{what} is used twice")
        seen[value] = label["name"]


def require_labels_kept(old: JsonObject, new: JsonObject, path: str = "labels") -> None:
    """Raise SchemaInvalid when a label of `old` is missing from `new`."""
    kept = {label["name"] for label in new.get("labels", [])}
    gone = [label["name"] for label in old.get("labels", []) if label["name"] not in kept]
    if gone:
        raise SchemaInvalid(
            path, f"the label '{gone[0]}' is missing: retire a label instead of removing it"
        )


def label_in_use(name: Any, schema: JsonObject, path: str) -> str:
    """A label name that new answers may use; raises AnswerInvalid."""
    if not isinstance(name, str):
        raise AnswerInvalid(path, "must be the name of a label")
    for label in schema["labels"]:
        if label["name"] == name:
            if label.get("retired"):
                raise AnswerInvalid(path, f"the label '{name}' is retired")
            return name
    raise AnswerInvalid(path, f"there is no label '{name[:NAME_LIMIT]}'")
