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


def share_difference(
    right: float, count: float, other_right: float, other_count: float
) -> tuple[float, float, float]:
    """The first share less the second with its 95 % interval; both of something counted.

    Newcombe, Interval estimation for the difference between independent proportions, method 10,
    Statistics in Medicine 17, 1998.
    """
    first, second = right / count, other_right / other_count
    low, high = wilson(right, count)
    other_low, other_high = wilson(other_right, other_count)
    apart = first - second
    down = math.hypot(first - low, other_high - second)
    up = math.hypot(high - first, second - other_low)
    return apart, max(-1.0, apart - down), min(1.0, apart + up)
