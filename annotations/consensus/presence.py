"""How sure it is which objects are there, from the share of labelers who marked each."""

from __future__ import annotations

import math
from collections.abc import Sequence

# How often a labeler misses an object that is there, or marks one that is not.
ERROR = 0.1


def presence_odds(
    supports: Sequence[float], weights: Sequence[float], quorum: float = 0.5
) -> tuple[float, ...]:
    """Log odds that keeping, or leaving, each object that somebody marked is right.

    supports: share of weight behind each object; weights: of all labelers, those who marked
    nothing too. n labelers of whom a share s agree say that it is there with log odds
    n (2 s - 1) log((1-e)/e). Where nobody marked anything: that nothing is there.
    """
    total, squares = math.fsum(weights), math.fsum(weight**2 for weight in weights)
    labelers = total**2 / squares if squares > 0 else 0.0
    slope = labelers * math.log((1.0 - ERROR) / ERROR)
    shares = list(supports) or [0.0]
    there = (slope * (2.0 * share - 1.0) for share in shares)
    return tuple(
        odds if share >= quorum - 1e-9 else -odds for share, odds in zip(shares, there, strict=True)
    )


def mean_confidence(odds: Sequence[float], temperature: float = 1.0) -> float:
    """Mean probability of log odds: the share of decisions about objects that should be right."""
    return math.fsum(1.0 / (1.0 + math.exp(-value / temperature)) for value in odds) / len(odds)


def presence_confidence(
    supports: Sequence[float], weights: Sequence[float], quorum: float = 0.5
) -> float:
    """Mean probability, over all objects somebody marked, that keeping or leaving it is right."""
    return mean_confidence(presence_odds(supports, weights, quorum))
