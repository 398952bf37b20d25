"""How sure it is which objects are there, from the share of labelers who marked each."""

from __future__ import annotations

import math
from collections.abc import Sequence

# How often a labeler misses an object that is there, or marks one that is not.
ERROR = 0.1


def presence_confidence(supports: Sequence[float], weights: Sequence[float]) -> float:
    """Mean probability, over all objects somebody marked, that keeping or leaving it is right.

    supports: share of weight behind each object; weights: of all labelers, those who marked
    nothing too. n labelers of whom a share s agree speak with log odds n |2 s - 1| log((1-e)/e).
    Where nobody marked anything it is the probability that nothing is there.
    """
    total, squares = math.fsum(weights), math.fsum(weight**2 for weight in weights)
    labelers = total**2 / squares if squares > 0 else 0.0
    slope = labelers * math.log((1.0 - ERROR) / ERROR)
    shares = list(supports) or [0.0]
    sure = (1.0 / (1.0 + math.exp(-slope * abs(2.0 * share - 1.0))) for share in shares)
    return math.fsum(sure) / len(shares)
