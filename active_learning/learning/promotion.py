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
UNNOTICED = 0.005  # seconds per item below which nobody waits for either
# With fewer items than that no test has the power to call a better challenger better: the newer
# labels win unless they seem to do harm.
FEWEST_ITEMS = 100
HARM = 0.2
DISCERNIBLE = 10  # items below which even harm cannot be seen
DRAWS = 2000

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Contender:
    """Probabilities (n, K) on the holdout, the labels it was trained on (None: nobody knows, it
    was trained elsewhere), seconds per item."""

    probabilities: Floats
    labels: int | None
    seconds: float | None = None


@dataclass(frozen=True)
class Verdict:
    """`decision` is "promote", "keep" or "block"; `difference` in accuracy with the 90 %
    interval `low`..`high`; `p_better` one-sided; of the `items` compared, `gained` are right only
    now and `lost` were right only before; `reasons` in words. `tested` is False where no test was
    due, so that looking often does not find by luck."""

    decision: str
    items: int
    gained: int
    lost: int
    tested: bool
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
    counted: NDArray[np.bool_] | None = None,
    fresh: bool = True,
) -> Verdict:
    """Paired test of two models on the same n items; `truth` (n,) column of the class.

    `critical` (n,) marks items the administrator pinned: losing a single one blocks. `counted`
    (n,) marks those drawn at random, all if None: only they are evidence. `fresh` is False while
    too few of them are new since the last test.
    """
    lost_critical = _lost_critical(champion, challenger, truth, critical)
    if counted is not None:
        champion, challenger = (_only(one, counted) for one in (champion, challenger))
        truth = truth[counted]
    old = champion.probabilities.argmax(axis=1) == truth
    new = challenger.probabilities.argmax(axis=1) == truth
    low, high = difference_interval(old, new, seed)
    gained, lost = int((new & ~old).sum()), int((old & ~new).sum())
    p_better = mcnemar_p(gained, lost)
    few = len(truth) < FEWEST_ITEMS
    vetoes = lost_critical + _vetoes(champion, challenger, truth, classes, few=few)
    if vetoes:
        decision, reason = "block", "the challenger lost something it must not lose"
    elif few:
        known = None not in (champion.labels, challenger.labels)
        decision, reason = _while_few(len(truth), gained, lost, known=known)
    elif not fresh:
        decision, reason = "keep", "too few new held-out items since the last test"
    else:
        decision, reason = _tested(champion.labels, challenger.labels, p_better, low)
    return Verdict(
        decision=decision,
        items=len(truth),
        gained=gained,
        lost=lost,
        tested=fresh and not few,
        difference=float(new.mean() - old.mean()) if len(truth) else 0.0,
        low=low,
        high=high,
        p_better=p_better,
        reasons=(reason, *vetoes),
    )


def more_labels(before: int | None, after: int | None) -> bool:
    """Whether a challenger that is no worse has learned from so much more that it may serve."""
    return before is not None and after is not None and after >= MORE_LABELS * before


def _tested(before: int | None, after: int | None, p_better: float, low: float) -> tuple[str, str]:
    if p_better < BETTER:
        return "promote", f"better on the held-out items (one-sided p = {p_better:.3f})"
    if low > NOT_WORSE and more_labels(before, after):
        return "promote", f"no worse, and trained on {after} instead of {before} labels"
    return "keep", "no proof that the challenger is better"


def _while_few(items: int, gained: int, lost: int, *, known: bool) -> tuple[str, str]:
    if not known:
        # Labels are what speaks for the newer one while figures cannot: here nobody knows them.
        return "keep", f"{items} held-out items are too few to compare models from elsewhere"
    if items < DISCERNIBLE:
        return "promote", f"{items} held-out items are too few to compare: the newer labels win"
    p_worse = mcnemar_p(lost, gained)
    if p_worse < HARM:
        return "keep", f"probably worse on {items} held-out items (one-sided p = {p_worse:.3f})"
    return "promote", f"not worse on {items} held-out items, too few for a test"


def _only(one: Contender, counted: NDArray[np.bool_]) -> Contender:
    return Contender(one.probabilities[counted], one.labels, one.seconds)


def _lost_critical(
    champion: Contender,
    challenger: Contender,
    truth: Ints,
    critical: NDArray[np.bool_] | None,
) -> list[str]:
    old = champion.probabilities.argmax(axis=1) == truth
    new = challenger.probabilities.argmax(axis=1) == truth
    count = int((critical & old & ~new).sum()) if critical is not None else 0
    noun = "item is" if count == 1 else "items are"
    return [f"{count} critical {noun} wrong now"] if count else []


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
    *,
    few: bool,
) -> list[str]:
    old = champion.probabilities.argmax(axis=1) == truth
    new = challenger.probabilities.argmax(axis=1) == truth
    vetoes = _lost_classes(old, new, truth, classes)
    worse = expected_calibration_error(challenger.probabilities, truth)
    worse -= expected_calibration_error(champion.probabilities, truth)
    # On few items the calibration error itself is off by more than that.
    if not few and worse > CALIBRATION_LOSS:
        vetoes.append(f"the calibration error rose by {worse:.3f}")
    slowest = SLOWER * max(champion.seconds or np.inf, UNNOTICED / SLOWER)
    if challenger.seconds and challenger.seconds > slowest and champion.seconds:
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
