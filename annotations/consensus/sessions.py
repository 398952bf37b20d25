"""Sessions: whether answers get worse the longer somebody has been at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.pairs import RESAMPLES, mean_interval

BREAK = 1_200.0  # seconds without an answer after which a new session begins
BOUNDS = (0, 10, 20, 30, 45, 60, 90)  # minutes
FRESH, TIRED = 15.0, 30.0  # minutes: the start of a session, and what comes late in one


def session_minutes(seconds: FloatArray) -> FloatArray:
    """Return how many minutes into its session each answer (N,) of one labeler came.

    seconds: their times in ascending order.
    """
    if not len(seconds):
        return np.zeros(0)
    begins = np.concatenate([[True], np.diff(seconds) > BREAK])
    starts = seconds[begins]
    return np.asarray((seconds - starts[np.cumsum(begins) - 1]) / 60.0)


def minutes_of(given: FloatArray, compared: FloatArray) -> FloatArray:
    """Return the minute of its session of each compared answer; `given` are the times of all."""
    times = np.sort(given)
    places = np.minimum(np.searchsorted(times, compared), max(len(times) - 1, 0))
    return session_minutes(times)[places]


def by_minute(minutes: FloatArray, likeness: FloatArray) -> Iterator[dict[str, Any]]:
    """Yield each stretch of sessions with answers: since and to which minute, how many, how alike.

    likeness: (N,) in [0, 1]. The last stretch has no end.
    """
    for start, end in zip(BOUNDS, [*BOUNDS[1:], None], strict=True):
        chosen = likeness[(minutes >= start) & (minutes < (np.inf if end is None else end))]
        if len(chosen):
            yield {
                "since": start,
                "to": end,
                "compared": len(chosen),
                "mean": mean_interval(chosen),
            }


def difference(
    first: FloatArray, second: FloatArray, *, seed: int = 0
) -> tuple[float, float, float]:
    """Mean of the first less that of the second with its 95 % percentile bootstrap."""
    random = np.random.default_rng(seed)
    drawn = [
        values[random.integers(0, len(values), (RESAMPLES, len(values)))].mean(axis=1)
        for values in (first, second)
    ]
    low, high = np.quantile(drawn[0] - drawn[1], [0.025, 0.975])
    return float(first.mean() - second.mean()), float(low), float(high)


def tiredness(
    minutes: FloatArray, likeness: FloatArray, *, least: int
) -> tuple[float, float, float] | None:
    """How far answers late in a session fall behind those at its start; None with too few of both.

    Below 0 they are worse late.
    """
    late, early = likeness[minutes >= TIRED], likeness[minutes < FRESH]
    if min(len(late), len(early)) < least:
        return None
    return difference(late, early)
