"""Numbers of annotation files as parts of answers; what lies off the picture is refused."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from annotations.intake.formats.base import JsonObject, Points
from annotations.intake.refusals import Refusal

Size = tuple[int, int]
EDGE = 1.0  # pixels by which rounding may leave the picture; task types allow as many
MOST_POINTS = 10_000
MOST_LABEL = 200


def number(value: Any, code: str = "box_invalid") -> float:
    """Return a finite number, from a number or a text that is one."""
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            raise Refusal(code, f"{value[:40]!r} is not a number.") from None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refusal(code, f"{str(value)[:40]!r} is not a number.")
    try:
        found = float(value)
    except OverflowError:
        raise Refusal(code, "A number is too large.") from None
    if not math.isfinite(found):
        raise Refusal(code, "A number is not finite.")
    return found


def label(value: Any) -> str:
    """Return a label's name."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise Refusal("format_invalid", "A label is missing, or is not a text.")
    name = value.strip()
    if len(name) > MOST_LABEL:
        raise Refusal("format_invalid", f"A label has {len(name):,} characters; that is too many.")
    if not name.isprintable():
        raise Refusal("bad_unicode", "A label holds characters that cannot be shown.")
    return name


def box(
    name: str, sides: Sequence[Any], size: Size, attributes: JsonObject | None = None
) -> JsonObject:
    """Return a box from [x, y, width, height], x and y its upper left corner in pixels."""
    if not isinstance(sides, list | tuple) or len(sides) != 4:
        raise Refusal("box_invalid", "A box needs four numbers: x, y, width and height.")
    x, y, width, height = (number(side) for side in sides)
    if width <= 0 or height <= 0:
        raise Refusal("box_invalid", f"A box of {width:g} x {height:g} pixels encloses nothing.")
    for start, length, extent in ((x, width, size[0]), (y, height, size[1])):
        if start < -EDGE or start + length > extent + EDGE:
            raise Refusal("box_out_of_bounds", _outside(start, start + length, extent))
    made: JsonObject = {"label": name, "x": x, "y": y, "width": width, "height": height}
    return made | ({"attributes": attributes} if attributes else {})


def _outside(low: float, high: float, extent: int) -> str:
    return f"The box reaches from {low:g} to {high:g}; the picture from 0 to {extent}."


def points(flat: Sequence[Any], size: Size, *, least: int = 3) -> Points:
    """Return [x, y] points from a flat list x, y, x, y, on the picture."""
    if len(flat) % 2 or len(flat) < 2 * least:
        raise Refusal("box_invalid", f"An outline needs at least {least} points of two numbers.")
    if len(flat) > 2 * MOST_POINTS:
        raise Refusal(
            "polygon_too_many_points",
            f"An outline has {len(flat) // 2:,} points; {MOST_POINTS:,} are allowed.",
        )
    values = [number(value) for value in flat]
    pairs = [list(pair) for pair in zip(values[::2], values[1::2], strict=True)]
    for pair in pairs:
        for value, extent in zip(pair, size, strict=True):
            if not -EDGE <= value <= extent + EDGE:
                raise Refusal(
                    "box_out_of_bounds", f"A point at {value:g} is off the picture of {extent}."
                )
    return pairs


def polygon(name: str, flat: Sequence[Any], size: Size) -> JsonObject:
    """Return an outline from a flat list of coordinates."""
    return {"label": name, "points": points(flat, size)}


def place(x: Any, y: Any, visibility: int, size: Size) -> list[float | int]:
    """Return a keypoint; an absent one (0) has no position."""
    if visibility == 0:
        return [0.0, 0.0, 0]
    (pair,) = points([x, y], size, least=1)
    return [pair[0], pair[1], visibility]


def text_answer(text: Any) -> JsonObject:
    """Return a transcription; control characters but line breaks and tabs are refused."""
    if not isinstance(text, str):
        raise Refusal("format_invalid", "The transcription is not a text.")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(ord(char) < 32 and char not in "\n\t" for char in plain) or "\x7f" in plain:
        raise Refusal("bad_unicode", "The transcription holds control characters.")
    return {"text": plain}


def choices_answer(names: Sequence[str], *, single: bool) -> dict[str, JsonObject]:
    """Return the answers that a list of a picture's classes stands for."""
    if single and len(names) == 1:
        return {"choice": {"choice": names[0]}}
    return {"multi_label": {"choices": list(dict.fromkeys(names))}}
