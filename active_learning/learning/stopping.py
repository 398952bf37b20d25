"""When more labels would change little: advice, never a lock.

Predictions of consecutive models on fixed unlabeled items stop changing (Bloodgood and
Vijay-Shanker 2009); thresholds as measured on digits and characters.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.learning_curve import Estimate

STABLE_KAPPA = 0.985
ROUNDS = 3
SMALL_GAIN = 0.005


@dataclass(frozen=True)
class StopAdvice:
    """`stop` when every condition holds; `reasons` say in words which do and which do not."""

    stop: bool
    reasons: tuple[str, ...]


def cohen_kappa(before: NDArray[np.integer[Any]], after: NDArray[np.integer[Any]]) -> float:
    """Agreement of two labelings (n,) beyond chance (Cohen 1960); 1 when both never vary."""
    agreed = float(np.mean(before == after))
    classes = np.union1d(before, after)
    chance = sum(float(np.mean(before == one) * np.mean(after == one)) for one in classes)
    return 1.0 if chance >= 1 else (agreed - chance) / (1 - chance)


def advise(
    kappas: Sequence[float],
    next_gain: Estimate | None,
    label_error: float | None = None,
    target_error: float | None = None,
) -> StopAdvice:
    """Whether to stop.

    `kappas` are those of consecutive models, oldest first; `next_gain` the accuracy expected of
    the next hundred votes; `label_error` the mean posterior error of the consensus labels, to
    be below `target_error` where both are given.
    """
    recent = kappas[-ROUNDS:]
    stable = len(recent) == ROUNDS and min(recent) >= STABLE_KAPPA
    lowest = f"{min(recent):.3f}" if recent else "unknown"
    checks = [(stable, f"predictions agree from model to model: kappa {lowest}")]
    if next_gain is None:
        checks.append((False, "there are too few points for a learning curve"))
    else:
        most = f"at most {100 * next_gain.high:.1f} points from the next hundred votes"
        checks.append((next_gain.high < SMALL_GAIN, most))
    if label_error is not None and target_error is not None:
        share = f"{100 * label_error:.1f} % of the labels are probably wrong"
        checks.append((label_error <= target_error, share))
    reasons = tuple(("yes: " if holds else "not yet: ") + text for holds, text in checks)
    return StopAdvice(all(holds for holds, _ in checks), reasons)
