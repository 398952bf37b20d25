"""When to stop asking: sure enough, at the cap, or no further vote can matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray, IntArray
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.scoring import first_best

# A coming labeler may be far better than the mean: one vote counts as this many mean ones.
STRONG = 3.0
# A settled task is opened again by a refit only when its confidence fell clearly below the goal:
# near the goal it would flap between the two with every refit.
REOPEN_MARGIN = 0.1
BoolArray = npt.NDArray[np.bool_]
Outcome = Literal["open", "settled", "disputed"]


@dataclass(frozen=True)
class StopRule:
    """confidence: the calibrated posterior that settles, or None to settle by the votes alone.
    least: labelers needed before anything settles. most: votes at which asking ends."""

    confidence: float | None = 0.99
    least: int = 2
    most: int = 5

    def __post_init__(self) -> None:
        if self.confidence is not None and not 0.0 < self.confidence <= 1.0:
            raise ValueError("confidence must lie in (0, 1]")
        if not 1 <= self.least <= self.most:
            raise ValueError("at least one vote, and no more at least than at most")


@dataclass(frozen=True)
class Decision:
    """What to do with an item now, its most likely class, and why in a sentence."""

    outcome: Outcome
    code: int
    confidence: float
    reason: str


def decide(
    fit: CategoricalFit,
    labeler_keys: Sequence[int],
    codes: Sequence[int],
    rule: StopRule,
    weights: Sequence[float] | None = None,
) -> Decision:
    """Whether an item with these votes is settled, disputed (a person decides) or open.

    Asking also ends before the cap where its outcome stands already: without a confidence when
    the answer cannot change any more, else when no run of votes up to the cap can settle it.
    A future vote counts as one of the pool's mean labeler.
    """
    posterior = fit.posterior(labeler_keys, codes, weights)
    best, confidence = first_best(posterior[None, :])
    code, sure = int(best[0]), float(confidence[0])
    left = rule.most - len(codes)
    if len(set(labeler_keys)) < rule.least:
        if left > 0:
            return Decision("open", code, sure, f"fewer than {rule.least} labelers have answered")
        return Decision("disputed", code, sure, "too few labelers within the most votes")
    if rule.confidence is None:
        return _by_votes(fit, codes, posterior, left)
    if sure >= rule.confidence:
        return Decision("settled", code, sure, f"{sure:.1%} sure")
    if left <= 0:
        return Decision("disputed", code, sure, f"only {sure:.1%} sure with the most votes")
    reachable = max(future.max() for future in _futures(fit, codes, posterior, left))
    if reachable < rule.confidence:
        reason = f"not even {left} more equal votes would make it {rule.confidence:.1%} sure"
        return Decision("disputed", code, sure, reason)
    return Decision("open", code, sure, f"{sure:.1%} sure, up to {left} more votes")


def _by_votes(
    fit: CategoricalFit, codes: Sequence[int], posterior: FloatArray, left: int
) -> Decision:
    best, confidence = first_best(posterior[None, :])
    code, sure = int(best[0]), float(confidence[0])
    if left <= 0:
        if np.count_nonzero(posterior >= sure - 1e-9) > 1:
            return Decision("disputed", code, sure, "a tie with the most votes")
        return Decision("settled", code, sure, "the most likely answer with the most votes")
    if all(_leads(future, code) for future in _futures(fit, codes, posterior, left)):
        return Decision("settled", code, sure, f"{left} more votes cannot change the answer")
    return Decision("open", code, sure, f"{left} more votes can change the answer")


def _leads(posterior: FloatArray, code: int) -> bool:
    """Whether a class is ahead of every other."""
    others = np.delete(posterior, code)
    return not len(others) or bool(posterior[code] > others.max() + 1e-9)


def _futures(
    fit: CategoricalFit, codes: Sequence[int], posterior: FloatArray, left: int
) -> list[FloatArray]:
    """Posteriors after `left` more votes for one class, for each class that could gain by it:
    those voted for and the likeliest other ones."""
    likeliest = np.argsort(-posterior, kind="stable")[: len(set(codes)) + 1]
    scores = np.log(np.maximum(posterior, 1e-300))
    futures = []
    for code in sorted({*codes, *likeliest.tolist()}):
        future = scores + left * fit.pool_row(code) / fit.temperature
        future = np.exp(future - future.max())
        futures.append(future / future.sum())
    return futures


def answers_stand(fit: CategoricalFit, posteriors: FloatArray, left: IntArray) -> BoolArray:
    """Which items (n,) keep their answer whatever `left` (n,) more votes of good labelers say.

    posteriors: (n, K) under the fit. With many classes (where a table has no dense rows) False.
    """
    if fit.is_wide or not len(posteriors):
        return np.zeros(len(posteriors), dtype=bool)
    return stands_against(rival_gain(fit), posteriors, left)


def rival_gain(fit: CategoricalFit) -> FloatArray:
    """What one vote of the mean labeler for a rival gains on a leader, (K, K) [rival, leader]."""
    rows = np.stack([fit.pool_row(code) for code in range(fit.n_classes)]) / fit.temperature
    return np.asarray(np.diag(rows)[:, None] - rows)


def stands_against(gain: FloatArray, posteriors: FloatArray, left: IntArray) -> BoolArray:
    """The same for a fit whose `rival_gain` is at hand: all that one ballot takes."""
    scores = np.log(np.maximum(posteriors, 1e-300))
    leader = scores.argmax(axis=1)
    lead = scores[np.arange(len(scores)), leader][:, None] - scores
    stands = lead > STRONG * left[:, None] * gain.T[leader] + 1e-9
    stands[np.arange(len(scores)), leader] = True
    return np.asarray(stands.all(axis=1))


def heard_enough(
    leader: IntArray,
    count: IntArray,
    said: IntArray,
    voted: BoolArray,
    least: int | npt.NDArray[np.int_],
) -> BoolArray:
    """Which items (n,) have votes enough to settle on their leading class (n,).

    count: votes so far (n,). said: the class that a model names (n,), -1 where none has a say: one
    that names the leader stands for one of the least votes. voted: whether anybody named the leader
    (n,); where only the model did nothing settles.
    """
    return np.asarray((count + (said == leader) >= least) & (voted | (said < 0)))
