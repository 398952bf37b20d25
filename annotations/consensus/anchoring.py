"""Anchoring: what a proposal in view does to answers, and to the time that they take.

A draw hides some proposals, so the two groups differ in nothing else: what is different between
them was done by the proposal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.labeler_figures import interval, share
from annotations.consensus.pairs import RESAMPLES
from annotations.measures.share import share_difference

JsonObject = dict[str, Any]
Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]
LEAST = 5  # answers with and without a proposal in view before they are compared
NOTHING = (float("nan"),) * 3


@dataclass(frozen=True)
class Aided:
    """Answers to items with a proposal, (N,) each.

    hidden: the draw kept the proposal from the labeler. taken: it was taken into the answer.
    same: the answer says what the proposal says. right, proposal_right: 1 right, 0 wrong, NaN
    where the truth is not known. seconds: NaN where the time is not known.
    """

    hidden: Mask
    taken: Mask
    same: Mask
    right: FloatArray
    proposal_right: FloatArray
    seconds: FloatArray

    def part(self, kept: Mask) -> Aided:
        return Aided(**{name: values[kept] for name, values in self.__dict__.items()})


def anchoring(aided: Aided, *, seed: int = 0) -> JsonObject:
    """Return what proposals did, as JSON: null where too few answers can be compared.

    `same` is agreement with the proposal, `error` wrong answers in all; `led_astray` and `helped`
    are wrong answers where the proposal was wrong, and where it was right.
    """
    known = ~np.isnan(aided.right)
    wrong = aided.right == 0
    return {
        "shown": int((~aided.hidden).sum()),
        "hidden": int(aided.hidden.sum()),
        "taken": int(aided.taken.sum()),
        "same": _contrast(aided.same, aided.hidden),
        "error": _contrast(wrong[known], aided.hidden[known]),
        "led_astray": _where(aided, known & (aided.proposal_right == 0)),
        "helped": _where(aided, known & (aided.proposal_right == 1)),
        "time": _time(aided, seed),
    }


def _where(aided: Aided, chosen: Mask) -> JsonObject:
    return _contrast(aided.right[chosen] == 0, aided.hidden[chosen])


def _contrast(hits: Mask, hidden: Mask) -> JsonObject:
    """A share with the proposal in view and without, and the first less the second."""
    counts = [int(group.sum()) for group in (~hidden, hidden)]
    found = [int(hits[group].sum()) for group in (~hidden, hidden)]
    apart = NOTHING
    if min(counts) >= LEAST:
        apart = share_difference(found[0], counts[0], found[1], counts[1])
    return {
        "shown": share(found[0], counts[0]),
        "hidden": share(found[1], counts[1]),
        "difference": interval(*apart),
    }


def _time(aided: Aided, seed: int) -> JsonObject:
    """Median seconds of both groups, and their ratio with a 95 % percentile bootstrap."""
    timed = aided.seconds > 0
    shown, hidden = (aided.seconds[timed & group] for group in (~aided.hidden, aided.hidden))
    ratio = NOTHING
    if min(len(shown), len(hidden)) >= LEAST:
        random = np.random.default_rng(seed)
        drawn = [_medians(values, random) for values in (shown, hidden)]
        low, high = np.quantile(drawn[0] / drawn[1], [0.025, 0.975])
        ratio = float(np.median(shown) / np.median(hidden)), float(low), float(high)
    return {
        "shown": _rounded_median(shown),
        "hidden": _rounded_median(hidden),
        "ratio": interval(*ratio),
    }


def _medians(values: FloatArray, random: np.random.Generator) -> FloatArray:
    drawn = random.integers(0, len(values), (RESAMPLES, len(values)))
    return np.asarray(np.median(values[drawn], axis=1))


def _rounded_median(values: FloatArray) -> float | None:
    return round(float(np.median(values)), 2) if len(values) else None
