"""A share and how sure it is."""

from __future__ import annotations

import math

Z95 = 1.959964


def wilson(right: float, count: float, z: float = Z95) -> tuple[float, float]:
    """The 95 % interval of a share of `count`; (0, 1) where nothing was counted.

    Wilson, Probable inference, the law of succession, and statistical inference, JASA 22, 1927.
    """
    if count <= 0:
        return 0.0, 1.0
    share = right / count
    centre = (share + z * z / (2 * count)) / (1 + z * z / count)
    spread = math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    half = z * spread / (1 + z * z / count)
    return max(0.0, centre - half), min(1.0, centre + half)
