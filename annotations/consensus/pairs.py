"""Two labelers side by side: agreement beyond chance with an interval, and who copies whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray, IntArray, VoteTable
from annotations.measures.share import wilson

Answer = TypeVar("Answer")
Counts = npt.NDArray[np.signedinteger[Any]]
LEAST_COMMON = 30  # items that both answered before anything is said of their agreement
RESAMPLES = 400
# Odd answers of the one that the other had the chance to repeat, before it is called copying.
LEAST_ODD = 12
LIKELY_COPY = 0.5
MOSTLY_EARLIER = 0.25
# In standard errors: of a thousand pairs none should be accused by chance.
SURE = 4.0


@dataclass(frozen=True)
class PairFigures:
    """Two labelers by key on their common items; kappa and interval NaN where nothing is said."""

    first: int
    second: int
    common: int
    agreement: float
    kappa: float
    low: float
    high: float


@dataclass(frozen=True)
class Copying:
    """`copier` repeats the answers of `source`: at least `low`, likely `share` of them.

    odd: answers of the source that hardly anybody else gave, on which this is seen.
    """

    copier: int
    source: int
    share: float
    low: float
    odd: int


@dataclass(frozen=True)
class Common:
    """The common items of two labelers: votes of the first and of the second, by vote index."""

    first: IntArray
    second: IntArray


class Together:
    """Finds the common items of any two labelers of a table; of repeated votes the last counts."""

    def __init__(self, votes: VoteTable) -> None:
        self.votes = votes
        order = np.lexsort((np.arange(len(votes)), votes.items, votes.labelers))
        ends = np.searchsorted(votes.labelers[order], np.arange(votes.n_labelers + 1))
        self._votes, self._items = [], []
        for start, end in pairwise(ends):
            mine = order[start:end]
            items = votes.items[mine]
            last = np.ones(len(mine), dtype=bool)
            last[:-1] = items[1:] != items[:-1]
            self._votes.append(mine[last].astype(np.int32))
            self._items.append(items[last])

    def common(self, first: int, second: int) -> Common:
        """Of two labelers by index."""
        _, left, right = np.intersect1d(
            self._items[first], self._items[second], assume_unique=True, return_indices=True
        )
        return Common(self._votes[first][left], self._votes[second][right])


def kappa_interval(
    first: IntArray, second: IntArray, n_classes: int, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float, float]:
    """Cohen's kappa of two lists of codes with a 95 % percentile bootstrap over the items.

    NaN where both always name one class.
    """
    cells, counts = np.unique(first.astype(np.int64) * n_classes + second, return_counts=True)
    rows, columns = np.divmod(cells, n_classes)
    n = int(counts.sum())
    if not n:
        return (float("nan"),) * 3
    random = np.random.default_rng(seed)
    drawn = random.multinomial(n, counts / n, size=resamples)
    kappas = _kappas(np.vstack([counts, drawn]) / n, rows, columns)
    estimate, kept = float(kappas[0]), kappas[1:][~np.isnan(kappas[1:])]
    if np.isnan(estimate) or not len(kept):
        return estimate, float("nan"), float("nan")
    low, high = np.quantile(kept, [0.025, 0.975])
    return estimate, float(low), float(high)


def _kappas(shares: FloatArray, rows: IntArray, columns: IntArray) -> FloatArray:
    """Kappa per row of `shares` (R, cells); a cell is a pair of classes."""
    names = np.unique(np.concatenate([rows, columns]))
    given = np.searchsorted(names, rows), np.searchsorted(names, columns)
    sums = [np.zeros((len(shares), len(names))) for _ in given]
    for total, place in zip(sums, given, strict=True):
        np.add.at(total.T, place, shares.T)
    observed = shares[:, rows == columns].sum(axis=1)
    chance = (sums[0] * sums[1]).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        kappa = (observed - chance) / (1.0 - chance)
    return np.asarray(np.where(chance >= 1.0 - 1e-12, np.nan, kappa))


def class_pairs(votes: VoteTable, among: Sequence[int]) -> Iterator[PairFigures]:
    """Every pair of the labelers `among` (by index) that has an item in common."""
    together = Together(votes)
    for place, first in enumerate(among):
        for second in among[place + 1 :]:
            common = together.common(first, second)
            codes = votes.codes[common.first], votes.codes[common.second]
            if not len(codes[0]):
                continue
            enough = len(codes[0]) >= LEAST_COMMON
            figures = kappa_interval(*codes, votes.n_classes) if enough else (float("nan"),) * 3
            yield PairFigures(
                int(votes.labeler_keys[first]),
                int(votes.labeler_keys[second]),
                len(codes[0]),
                float((codes[0] == codes[1]).mean()),
                *figures,
            )


# --- answers of any shape --------------------------------------------------------------------


def mean_interval(
    values: FloatArray, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float, float]:
    """A mean with its 95 % percentile bootstrap; NaN without values."""
    if not len(values):
        return (float("nan"),) * 3
    random = np.random.default_rng(seed)
    drawn = values[random.integers(0, len(values), (resamples, len(values)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(values.mean()), float(low), float(high)


def beyond_chance(distances: FloatArray, expected: float) -> tuple[float, float, float]:
    """1 - observed / expected distance with its interval: kappa for answers of any shape.

    expected: the mean distance of any two answers, the same for the whole project.
    """
    if not expected > 0:
        return (float("nan"),) * 3
    mean, low, high = mean_interval(distances)
    return 1.0 - mean / expected, 1.0 - high / expected, 1.0 - low / expected


def alpha_interval(
    distances: Sequence[FloatArray], sizes: Sequence[int], expected: float
) -> tuple[float, float, float]:
    """Krippendorff's alpha by distance with a bootstrap over items, chance taken as given.

    distances: of each item those between all pairs of its answers; sizes: its number of answers;
    expected: the mean distance of any two answers of the pool.
    """
    if not distances or not expected > 0:
        return (float("nan"),) * 3
    weights = np.asarray(sizes, dtype=np.float64)
    observed = np.asarray([float(d.mean()) if len(d) else 0.0 for d in distances])
    random = np.random.default_rng(0)
    drawn = random.integers(0, len(observed), (RESAMPLES, len(observed)))
    means = (observed * weights)[drawn].sum(axis=1) / weights[drawn].sum(axis=1)
    low, high = np.quantile(1.0 - means / expected, [0.025, 0.975])
    return 1.0 - float(observed @ weights / weights.sum()) / expected, float(low), float(high)


# --- copying ---------------------------------------------------------------------------------


def copying(votes: VoteTable, order: FloatArray, among: Sequence[int]) -> list[Copying]:
    """Who among the labelers (by index) repeats another one's odd answers too often for chance.

    Looked at are answers that less than half of the other labelers of an item gave. Somebody
    independent would give such an answer about as often as those others did, or as often as it is
    their own habit; what is more is copied. Of two who answer alike it is the one who mostly
    answered later: order (V,) is the place of each vote in time. Where neither is mostly later,
    both share one source.
    """
    cell = votes.items.astype(np.int64) * votes.n_classes + votes.codes
    cells, place = np.unique(cell, return_inverse=True)
    same = np.bincount(place, minlength=len(cells))[place]
    sizes = np.bincount(votes.items, minlength=votes.n_items)[votes.items]
    chances = _Chances(votes, same, sizes, _habits(votes))
    together = Together(votes)
    found: list[Copying] = []
    for at, first in enumerate(among):
        for second in among[at + 1 :]:
            common = together.common(first, second)
            if len(common.first) >= LEAST_COMMON:
                found += _copies(chances, order, common)
    return found


@dataclass(frozen=True)
class _Chances:
    """Per vote: how many of its item say the same, how many there are; per labeler their habit."""

    votes: VoteTable
    same: Counts
    sizes: Counts
    habits: FloatArray

    def of(self, source: IntArray, copier: IntArray) -> tuple[FloatArray, Counts]:
        """How likely the copier would say what the source says on their own, and who else voted."""
        votes = self.votes
        alike = votes.codes[source] == votes.codes[copier]
        others = self.sizes[source] - 2
        by_item = (self.same[source] - 1 - alike + 0.5) / (others + 1.0)
        by_habit = self.habits[votes.labelers[copier], votes.codes[source]]
        return np.maximum(by_item, by_habit), others


def _habits(votes: VoteTable) -> FloatArray:
    """How often each labeler gives each answer (L, K)."""
    counts = np.zeros((votes.n_labelers, votes.n_classes))
    np.add.at(counts, (votes.labelers, votes.codes), 1.0)
    return np.asarray(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1.0))


def _copies(chances: _Chances, order: FloatArray, common: Common) -> Iterator[Copying]:
    votes = chances.votes
    later = float((order[common.second] > order[common.first]).mean())
    pairs = ((common.first, common.second, later), (common.second, common.first, 1.0 - later))
    for source, copier, share_later in pairs:
        if share_later < MOSTLY_EARLIER:
            continue
        chance, others = chances.of(source, copier)
        odd = (others >= 2) & (chance < 0.5)
        n, expected = int(odd.sum()), float(chance[odd].sum())
        if n < LEAST_ODD:
            continue
        hits = int((votes.codes[source] == votes.codes[copier])[odd].sum())
        room = 1.0 - expected / n
        likely, least = hits / n, wilson(hits, n, SURE)[0]
        share, low = ((value - expected / n) / room for value in (likely, least))
        if low > LIKELY_COPY:
            keys = votes.labeler_keys[votes.labelers[[copier[0], source[0]]]].tolist()
            yield Copying(keys[0], keys[1], share, low, n)
