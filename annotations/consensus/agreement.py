"""How alike labelers answer: percent agreement, Krippendorff's alpha, Cohen's kappa.

Agreement is not accuracy: show both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from scipy import sparse

from annotations.consensus.base import FloatArray, IntArray, VoteTable

Level = Literal["nominal", "ordinal", "interval"]
Answer = TypeVar("Answer")
RESAMPLES = 1000


@dataclass(frozen=True)
class Interval:
    """An estimate with a bootstrap interval; all three NaN where nothing can be said."""

    estimate: float
    low: float
    high: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.estimate, self.low, self.high))


def percent_agreement(votes: VoteTable) -> float:
    """Share of agreeing pairs among all pairs of votes on one item; NaN without a pair."""
    counts = _item_counts(votes)
    sizes = np.asarray(counts.sum(axis=1)).ravel()
    pairs = float((sizes * (sizes - 1)).sum())
    same = float((counts.data * (counts.data - 1)).sum())
    return same / pairs if pairs > 0 else float("nan")


def krippendorff_alpha(
    votes: VoteTable, *, level: Level = "nominal", values: Sequence[float] | None = None
) -> float:
    """Krippendorff's alpha over the items with at least two votes; NaN where undefined.

    level "ordinal" takes codes in rank order; "interval" needs `values`, the number each code
    stands for. 1 is perfect agreement, 0 chance, below 0 worse than chance.
    Krippendorff, Computing Krippendorff's alpha-reliability, 2011.
    """
    return _Alpha(votes, level, values).of_patterns(None)


def krippendorff_interval(
    votes: VoteTable,
    *,
    level: Level = "nominal",
    values: Sequence[float] | None = None,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Alpha with a percentile bootstrap over items; repeatable by seed."""
    alpha = _Alpha(votes, level, values)
    return _bootstrap(alpha.of_patterns, alpha.pattern_counts, confidence, resamples, seed)


def _item_counts(votes: VoteTable) -> sparse.csr_array:
    """Votes per item and class (n_items, K), sparse; weights are vote counts."""
    counts = sparse.coo_array(
        (votes.vote_weights(), (votes.items, votes.codes)),
        shape=(votes.n_items, votes.n_classes),
    ).tocsr()
    counts.eliminate_zeros()
    return counts


class _Alpha:
    """Alpha of a multiset of items. Equal items are counted once, so that a bootstrap of 1,000
    resamples costs the number of distinct vote patterns and not the number of items."""

    def __init__(self, votes: VoteTable, level: Level, values: Sequence[float] | None) -> None:
        self.level = level
        self.values = self._values(votes.n_classes, values)
        counts = _item_counts(votes)
        sizes = np.asarray(counts.sum(axis=1)).ravel()
        counts = counts[sizes >= 2]
        self.patterns, self.pattern_counts = _distinct_rows(counts)
        self.sizes = np.asarray(self.patterns.sum(axis=1)).ravel()

    def _values(self, n_classes: int, values: Sequence[float] | None) -> FloatArray:
        if self.level == "interval":
            if values is None or len(values) != n_classes:
                raise ValueError("interval level needs one value per class")
            return np.asarray(values, dtype=np.float64)
        return np.arange(n_classes, dtype=np.float64)

    def of_patterns(self, counts: FloatArray | None) -> float:
        """Alpha when pattern p stands for counts[p] items (default: as observed)."""
        times = self.pattern_counts if counts is None else counts
        totals = np.asarray(times @ self.patterns)
        n = float(totals.sum())
        if n <= 1:
            return float("nan")
        per_vote = times / np.maximum(self.sizes - 1.0, 1e-300)
        if self.level == "nominal":
            squares = np.asarray(self.patterns.power(2).sum(axis=1)).ravel()
            observed = float(per_vote @ (self.sizes**2 - squares))
            expected = n * n - float(totals @ totals)
        else:
            scale = self.values if self.level == "interval" else _rank_scale(totals)
            first, second = self.patterns @ scale, self.patterns @ scale**2
            observed = float(per_vote @ (2.0 * (self.sizes * second - first**2)))
            expected = 2.0 * (n * float(totals @ scale**2) - float(totals @ scale) ** 2)
        if expected <= 1e-12 * n * n:
            return float("nan")
        return 1.0 - (observed / n) / (expected / (n * (n - 1.0)))


def _rank_scale(totals: FloatArray) -> FloatArray:
    """Numbers whose squared differences are the ordinal metric: mean ranks of the classes."""
    return np.asarray(np.cumsum(totals) - totals / 2.0)


def _distinct_rows(counts: sparse.csr_array) -> tuple[sparse.csr_array, FloatArray]:
    """Distinct rows and how often each occurs."""
    counts.sort_indices()
    seen: dict[bytes, int] = {}
    first: list[int] = []
    times: list[float] = []
    for row in range(counts.shape[0]):
        part = slice(counts.indptr[row], counts.indptr[row + 1])
        key = counts.indices[part].tobytes() + b"|" + counts.data[part].tobytes()
        place = seen.setdefault(key, len(first))
        if place == len(first):
            first.append(row)
            times.append(0.0)
        times[place] += 1.0
    return counts[first], np.asarray(times)


def _bootstrap(
    statistic: Callable[[FloatArray], float],
    counts: FloatArray,
    confidence: float,
    resamples: int,
    seed: int,
) -> Interval:
    """Percentile bootstrap of a statistic of pattern counts."""
    estimate = statistic(counts)
    n = int(counts.sum())
    if n == 0 or np.isnan(estimate):
        return Interval(float("nan"), float("nan"), float("nan"))
    random = np.random.default_rng(seed)
    drawn = np.array(
        [statistic(random.multinomial(n, counts / n).astype(np.float64)) for _ in range(resamples)]
    )
    drawn = drawn[~np.isnan(drawn)]
    if not len(drawn):
        return Interval(estimate, float("nan"), float("nan"))
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(drawn, [tail, 1.0 - tail])
    return Interval(estimate, float(low), float(high))


# --- answers of any shape --------------------------------------------------------------------


def alpha_by_distance(
    answers: Sequence[Sequence[Answer]],
    distance: Callable[[Answer, Answer], float],
    *,
    expected_pairs: int = 20_000,
    seed: int = 0,
) -> float:
    """Alpha of answers (items, then answers of one item) under any distance in [0, 1].

    Chance disagreement is the mean over all pairs of answers, or over `expected_pairs` pairs drawn
    by seed when there are more. NaN where undefined.
    """
    units = [list(unit) for unit in answers if len(unit) >= 2]
    pool = [answer for unit in units for answer in unit]
    if len(pool) < 2:
        return float("nan")
    observed = sum(
        2.0 * sum(_pair_distances(unit, distance)) / (len(unit) - 1) for unit in units
    ) / len(pool)
    expected = chance_distance(pool, distance, pairs=expected_pairs, seed=seed)
    return 1.0 - observed / expected if expected > 0 else float("nan")


def _pair_distances(
    unit: Sequence[Answer], distance: Callable[[Answer, Answer], float]
) -> Iterator[float]:
    for i, left in enumerate(unit):
        for right in unit[i + 1 :]:
            yield distance(left, right)


def chance_distance(
    pool: Sequence[Answer],
    distance: Callable[[Answer, Answer], float],
    *,
    pairs: int,
    seed: int = 0,
) -> float:
    """Mean distance of any two of a pool of answers: what would be if they were dealt by chance.

    Of more than `pairs` pairs so many are drawn by seed; NaN with fewer than two answers.
    """
    n = len(pool)
    if n < 2:
        return float("nan")
    if n * (n - 1) // 2 <= pairs:
        return sum(_pair_distances(pool, distance)) / (n * (n - 1) / 2)
    random = np.random.default_rng(seed)
    left = random.integers(0, n, pairs)
    right = (left + random.integers(1, n, pairs)) % n
    drawn = zip(left.tolist(), right.tolist(), strict=True)
    return sum(distance(pool[i], pool[j]) for i, j in drawn) / pairs


# --- two labelers ----------------------------------------------------------------------------


@dataclass(frozen=True)
class PairAgreement:
    """Two labelers on their common items; kappa is NaN where both always gave one class."""

    labelers: tuple[int, int]
    common: int
    agreement: float
    kappa: float
    low: float
    high: float


def cohen_kappa(votes: VoteTable, first: int, second: int) -> PairAgreement:
    """Cohen's kappa of two labelers (by key) with its large-sample 95 % interval.

    Of several votes of one labeler on an item the last in code order counts. The variance is
    Fleiss, Cohen and Everitt, Psychological Bulletin 72, 1969.
    """
    table = _joint_counts(votes, first, second)
    n = float(table.sum())
    if n == 0:
        nan = float("nan")
        return PairAgreement((first, second), 0, nan, nan, nan, nan)
    share = table / n
    agreement = float(np.trace(share))
    kappa, error = _kappa_with_error(share, n)
    return PairAgreement(
        (first, second), int(n), agreement, kappa, kappa - 1.96 * error, kappa + 1.96 * error
    )


def _kappa_with_error(share: FloatArray, n: float) -> tuple[float, float]:
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, chance = float(np.trace(share)), float(rows @ columns)
    if chance >= 1.0 - 1e-12:
        return float("nan"), float("nan")
    kappa = (observed - chance) / (1.0 - chance)
    keep = 1.0 - kappa
    diagonal = np.diag(share) * (1.0 - (rows + columns) * keep) ** 2
    mixed = share * (columns[:, None] + rows[None, :]) ** 2
    off = float(mixed.sum() - np.trace(mixed)) * keep**2
    variance = float(diagonal.sum()) + off - (kappa - chance * keep) ** 2
    return kappa, float(np.sqrt(max(variance, 0.0) / n) / (1.0 - chance))


def _joint_counts(votes: VoteTable, first: int, second: int) -> FloatArray:
    """How often (class of first, class of second) occurred on common items (K, K)."""
    given = [_codes_of(votes, key) for key in (first, second)]
    both = (given[0] >= 0) & (given[1] >= 0)
    table = np.zeros((votes.n_classes, votes.n_classes))
    np.add.at(table, (given[0][both], given[1][both]), 1.0)
    return table


def _codes_of(votes: VoteTable, key: int) -> IntArray:
    codes = np.full(votes.n_items, -1, dtype=np.int32)
    for index in np.flatnonzero(votes.labeler_keys == key):
        mine = votes.labelers == index
        np.maximum.at(codes, votes.items[mine], votes.codes[mine])
    return codes


def pairwise_agreement(votes: VoteTable) -> tuple[FloatArray, FloatArray]:
    """Agreeing and common votes of every pair of labelers: two (L, L) arrays of counts."""
    n_labelers = votes.n_labelers
    ones = np.ones(len(votes))
    by_item = sparse.coo_array(
        (ones, (votes.items, votes.labelers)), shape=(votes.n_items, n_labelers)
    ).tocsr()
    cell = votes.items.astype(np.int64) * votes.n_classes + votes.codes
    cells, place = np.unique(cell, return_inverse=True)
    by_cell = sparse.coo_array(
        (ones, (place, votes.labelers)), shape=(len(cells), n_labelers)
    ).tocsr()
    return (by_cell.T @ by_cell).toarray(), (by_item.T @ by_item).toarray()
