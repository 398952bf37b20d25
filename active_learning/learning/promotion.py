"""Champion against challenger on the same holdout: promote, keep, or block, with the reasons."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from active_learning.learning.metrics import expected_calibration_error

BETTER = 0.1  # one-sided p-value below which a challenger counts as better
NOT_WORSE = -0.01  # lower bound of the difference above which it counts as no worse
MORE_LABELS = 1.25  # a challenger that is no worse needs so many times the champion's labels
CLASS_ITEMS = 10  # holdout items of a class from which its recall may block
CLASS_LOSS = 0.05
CALIBRATION_LOSS = 0.02
SLOWER = 2.0
DRAWS = 2000

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Contender:
    """Probabilities (n, K) on the holdout, the labels it was trained on, seconds per item."""

    probabilities: Floats
    labels: int
    seconds: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`decision` is "promote", "keep" or "block"; `difference` in accuracy with the 90 %
    interval `low`..`high`; `p_better` one-sided; `reasons` in words."""

    decision: str
    difference: float
    low: float
    high: float
    p_better: float
    reasons: tuple[str, ...]


def compare(
    champion: Contender,
    challenger: Contender,
    truth: Ints,
    classes: tuple[str, ...],
    critical: NDArray[np.bool_] | None = None,
    seed: int = 0,
) -> Verdict:
    """Paired test of two models on the same n holdout items; `truth` (n,) column of the class.

    `critical` (n,) marks items the administrator pinned: losing a single one blocks.
    """
    old = champion.probabilities.argmax(axis=1) == truth
    new = challenger.probabilities.argmax(axis=1) == truth
    low, high = difference_interval(old, new, seed)
    p_better = mcnemar_p(int((new & ~old).sum()), int((old & ~new).sum()))
    vetoes = _vetoes(champion, challenger, truth, classes, critical)
    decision, reason = "keep", "no proof that the challenger is better"
    if vetoes:
        decision, reason = "block", "the challenger lost something it must not lose"
    elif p_better < BETTER:
        decision, reason = "promote", f"better on the holdout (one-sided p = {p_better:.3f})"
    elif low > NOT_WORSE and challenger.labels >= MORE_LABELS * champion.labels:
        decision = "promote"
        reason = f"no worse, and trained on {challenger.labels} instead of {champion.labels} labels"
    difference = float(new.mean() - old.mean()) if len(truth) else 0.0
    return Verdict(decision, difference, low, high, p_better, (reason, *vetoes))


def mcnemar_p(gained: int, lost: int) -> float:
    """Exact one-sided p-value that the challenger is better (McNemar 1947): of the items on
    which they differ, `gained` are right only now and `lost` only before."""
    return float(binom.sf(gained - 1, gained + lost, 0.5)) if gained + lost else 1.0


def difference_interval(
    old: NDArray[np.bool_], new: NDArray[np.bool_], seed: int = 0
) -> tuple[float, float]:
    """90 % interval of the difference in accuracy, by paired bootstrap over the n items."""
    count = len(old)
    if not count:
        return -1.0, 1.0
    gained, lost = float((new & ~old).mean()), float((old & ~new).mean())
    rng = np.random.default_rng(seed)
    # Half an item on either side: no difference seen is not no difference.
    shares = np.array([gained + 0.5 / count, lost + 0.5 / count, 1 - gained - lost])
    draws = rng.multinomial(count, shares / shares.sum(), DRAWS)
    low, high = np.quantile((draws[:, 0] - draws[:, 1]) / count, [0.05, 0.95])
    return float(low), float(high)


def _vetoes(
    champion: Contender,
    challenger: Contender,
    truth: Ints,
    classes: tuple[str, ...],
    critical: NDArray[np.bool_] | None,
) -> list[str]:
    old = champion.probabilities.argmax(axis=1) == truth
    new = challenger.probabilities.argmax(axis=1) == truth
    vetoes = _lost_classes(old, new, truth, classes)
    worse = expected_calibration_error(challenger.probabilities, truth)
    worse -= expected_calibration_error(champion.probabilities, truth)
    if len(truth) and worse > CALIBRATION_LOSS:
        vetoes.append(f"the calibration error rose by {worse:.3f}")
    if critical is not None and (critical & old & ~new).any():
        vetoes.append(f"{int((critical & old & ~new).sum())} critical items are wrong now")
    if champion.seconds and challenger.seconds and challenger.seconds > SLOWER * champion.seconds:
        vetoes.append(f"{challenger.seconds / champion.seconds:.1f} times slower")
    return vetoes


def _lost_classes(
    old: NDArray[np.bool_], new: NDArray[np.bool_], truth: Ints, classes: tuple[str, ...]
) -> list[str]:
    """Classes whose recall fell by more than chance explains: with thirty items in each of ten
    classes, some class loses two by chance in every other comparison of equals."""
    lost = []
    for column, name in enumerate(classes):
        own = truth == column
        fewer, more = int((old & ~new)[own].sum()), int((new & ~old)[own].sum())
        count = int(own.sum())
        if count < CLASS_ITEMS or (fewer - more) / count <= CLASS_LOSS:
            continue
        if mcnemar_p(fewer, more) < BETTER:
            lost.append(f"recall of {name!r} fell by {100 * (fewer - more) / count:.0f} points")
    return lost
