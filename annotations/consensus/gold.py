"""Gold: how often labelers are tested, and what their answers to known items say of them."""

from __future__ import annotations

from collections.abc import Sequence

from scipy import special

# The share of gold among a new labeler's items, and among those of one who has proved good.
OFTEN = 1 / 5
SELDOM = 1 / 30
# So many gold answers at the highest rate: with 1 in 5 those of the first twenty items.
NEW = 4
LATEST = 10
# So many wrong ones among the latest bring a labeler back to the highest rate.
SLIPPING = 4
CONSIDERED = 24  # answers after which the usual rate of a good labeler has come down all the way
LEVEL = 0.95


def gold_rate(latest: Sequence[bool], *, often: float = OFTEN, seldom: float = SELDOM) -> float:
    """The share of a labeler's items that should be gold, in [seldom, often].

    latest: whether their gold answers were right, newest first; `CONSIDERED` of them are enough.
    New labelers are tested often, good ones ever less, and whoever slips more again.
    """
    by_number = often * NEW / max(len(latest), NEW)
    wrong = list(latest[:LATEST]).count(False)
    by_slips = seldom + (often - seldom) * min(wrong / SLIPPING, 1.0)
    return max(seldom, by_number, by_slips if len(latest) >= NEW else often)


def share_interval(right: int, count: int, level: float = LEVEL) -> tuple[float, float]:
    """Jeffreys interval of a share `right / count`; (0, 1) without answers.

    Brown, Cai and DasGupta, Interval estimation for a binomial proportion, Statistical Science
    2001: close to its level for small counts, where the usual one is not.
    """
    if not 0 <= right <= count:
        raise ValueError(f"{right} right of {count} is no share")
    if not count:
        return 0.0, 1.0
    tail = (1.0 - level) / 2.0
    low = 0.0 if right == 0 else float(special.betaincinv(right + 0.5, count - right + 0.5, tail))
    high = 1.0
    if right < count:
        high = float(special.betaincinv(right + 0.5, count - right + 0.5, 1.0 - tail))
    return low, high


def surely_below(right: int, count: int, *, floor: float, least: int) -> bool:
    """Whether a labeler with `least` answers or more is below a floor, interval and all."""
    return count >= least and share_interval(right, count)[1] < floor
