"""What a stop rule will ask for: votes seen so far are replayed, those yet to come are foreseen.

Where the votes of an item end before a rule would have, what comes next is drawn from the fit: a
truth from the item's posterior, votes of mean labelers from their confusion. Answers that have no
classes give no such model; theirs is foreseen from how often items stopped at each number of votes
(Kaplan and Meier, Nonparametric estimation from incomplete observations, JASA 1958).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray, IntArray
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.stop import heard_enough, rival_gain, stands_against

DRAWS = 16
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rule:
    """confidence: the posterior that settles. least: votes before that. most: the cap."""

    confidence: float
    least: int
    most: int


@dataclass(frozen=True)
class Heard:
    """Where a model has a say: the class that it names (n,), -1 where it has none, and which
    classes anybody voted for, bool (n, K)."""

    said: IntArray
    voted: BoolArray

    def drawn(self, draws: int) -> Heard:
        """The same for every draw of every item."""
        return Heard(np.repeat(self.said, draws), np.repeat(self.voted, draws, axis=0))

    def part(self, mine: npt.NDArray[np.intp]) -> Heard:
        return Heard(self.said[mine], self.voted[mine])

    def named(self, leader: npt.NDArray[np.intp]) -> BoolArray:
        """Whether anybody voted for the leading classes (n,)."""
        return np.asarray(self.voted[np.arange(len(leader)), leader])


@dataclass(frozen=True)
class Coming:
    """more: expected further votes per item (n,). settled: the chance that it ends settled (n,)
    rather than at the cap without being sure."""

    more: FloatArray
    settled: FloatArray


def foresee_votes(
    fit: CategoricalFit,
    posteriors: FloatArray,
    have: IntArray,
    alike: IntArray,
    rule: Rule,
    *,
    goal: FloatArray | None = None,
    heard: Heard | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Coming:
    """Draw what comes for items with posteriors (n, K) after `have` (n,) votes.

    alike: the class of all votes of an item, -1 where they differ, -2 where there are none; votes
    that all agree settle at the cap. goal: what settles an item now where that is not the rule's
    (a settled one is opened again only by a clear fall). heard: a model's say, whose word is in
    the posteriors already; it stands for a vote where it agrees, and settles nothing alone. Needs
    a fit with few classes.
    """
    random = np.random.default_rng(seed)
    if not len(posteriors):
        return Coming(np.zeros(0), np.zeros(0))
    rows = np.stack([fit.pool_row(code) for code in range(fit.n_classes)])
    chances = np.cumsum(np.exp(rows) / np.exp(rows).sum(axis=0), axis=0)  # [vote, truth]
    gain = rival_gain(fit)
    scores = np.log(np.maximum(np.repeat(posteriors, draws, axis=0), 1e-300))
    count, same = np.repeat(have, draws).astype(np.int32), np.repeat(alike, draws)
    wanted = np.full(len(count), rule.confidence) if goal is None else np.repeat(goal, draws)
    truth = _draw(np.cumsum(np.exp(scores), axis=1), random)
    more = np.zeros(len(count))
    known = (heard or _nobody(have, fit.n_classes)).drawn(draws)
    done = _settles(gain, scores, count, rule, wanted, known)
    while (asking := np.flatnonzero(~done & (count < rule.most))).size:
        votes = _draw(chances[:, truth[asking]].T, random)
        scores[asking] += rows[votes] / fit.temperature
        same[asking] = np.where(same[asking] == -2, votes, same[asking])
        same[asking] = np.where(same[asking] == votes, votes, -1)
        known.voted[asking, votes] = True
        count[asking] += 1
        more[asking] += 1
        goals = np.full(asking.size, rule.confidence)
        done[asking] = _settles(
            gain, scores[asking], count[asking], rule, goals, known.part(asking)
        )
    overruled = (known.said >= 0) & ~known.named(scores.argmax(axis=1))
    settled = done | ((same >= 0) & ~overruled)
    return Coming(_mean(more, draws), _mean(settled.astype(np.float64), draws))


def _settles(
    gain: FloatArray,
    scores: FloatArray,
    count: IntArray,
    rule: Rule,
    goal: FloatArray,
    heard: Heard,
) -> BoolArray:
    shifted = scores - scores.max(axis=1, keepdims=True)
    posteriors = np.exp(shifted) / np.exp(shifted).sum(axis=1, keepdims=True)
    left = np.maximum(rule.most - count, 0).astype(np.int32)
    sure = posteriors.max(axis=1) >= goal
    stands = stands_against(gain, posteriors, left) & (left > 0)
    leader = scores.argmax(axis=1)
    voted = heard.named(leader)
    enough = heard_enough(leader.astype(np.int32), count, heard.said, voted, rule.least)
    return np.asarray((sure | stands) & enough)


def _nobody(have: IntArray, n_classes: int) -> Heard:
    """No model has a say; who voted for what does not matter then."""
    return Heard(
        np.full(len(have), -1, dtype=np.int32), np.zeros((len(have), n_classes), dtype=bool)
    )


def _draw(cumulative: FloatArray, random: np.random.Generator) -> npt.NDArray[np.intp]:
    """One class per row of cumulative weights (n, K)."""
    levels = random.random((len(cumulative), 1)) * cumulative[:, -1:]
    return np.asarray(np.minimum((cumulative < levels).sum(axis=1), cumulative.shape[1] - 1))


def _mean(values: FloatArray, draws: int) -> FloatArray:
    return np.asarray(values.reshape(-1, draws).mean(axis=1))


def remaining_by_rate(
    used: Sequence[int], stopped: Sequence[bool], *, least: int, most: int
) -> FloatArray:
    """Expected further votes (most + 1,) of an item that did not stop at k votes.

    used: at how many votes each item was last looked at; stopped: whether the rule stopped there.
    Beyond what any item has shown the last rate that is known holds on.
    """
    at, ended = np.asarray(used), np.asarray(stopped, dtype=bool)
    rates, last = np.zeros(most + 1), 0.0
    for k in range(least, most + 1):
        seen = at >= k
        if seen.any():
            last = float((ended & (at == k)).sum() / seen.sum())
        rates[k] = last
    expected = np.zeros(most + 1)
    for k in range(most - 1, -1, -1):
        expected[k] = 1.0 + (1.0 - rates[k + 1]) * expected[k + 1]
    return expected
