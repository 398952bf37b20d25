"""How many pixels a picture may have, by what its header says; no decoder is loaded for it."""

from __future__ import annotations

from annotations.intake.limits import Limits
from annotations.intake.refusals import Refusal


def hold_to_limits(size: tuple[int, int], limits: Limits) -> None:
    """Raise Refusal where a picture has too many pixels, or too few."""
    width, height = size
    if width * height > limits.max_pixels:
        raise too_many_pixels(limits)
    if max(size) > limits.max_side:
        raise Refusal(
            "dimension_limit",
            f"The picture is {width:,} x {height:,} pixels; a side may have {limits.max_side:,}.",
        )
    if min(size) < limits.min_side:
        raise Refusal(
            "too_small",
            f"The picture is {width} x {height} pixels; a side must have {limits.min_side}.",
        )


def too_many_pixels(limits: Limits) -> Refusal:
    """Return the refusal of a picture that is too large, or that nobody can tell the size of."""
    most = limits.max_pixels // 1_000_000
    return Refusal("too_many_pixels", f"The picture has more than {most} million pixels.")
