"""Figures about predictions: accuracy with its interval, per class, confusion, calibration."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]

CALIBRATION_BINS = 15


def accuracy(probabilities: Floats, truth: Ints) -> float:
    """Share of (n, K) rows whose largest column is `truth` (n,); nan when n is 0."""
    if not len(truth):
        return float("nan")
    return float(np.mean(probabilities.argmax(axis=1) == truth))


def confusion(probabilities: Floats, truth: Ints) -> NDArray[np.int64]:
    """(K, K) counts: row is the truth, column the prediction."""
    count = probabilities.shape[1]
    cells = truth * count + probabilities.argmax(axis=1)
    return np.bincount(cells, minlength=count * count).reshape(count, count)


def recall_per_class(confused: Ints) -> NDArray[np.float64]:
    """(K,) share of each class that is found; nan for a class without items."""
    total = confused.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.diag(confused) / total, np.float64)


def cross_entropy(probabilities: Floats, targets: Floats, weights: Floats | None = None) -> float:
    """Weighted mean of -sum(target * log p), in nats; nan when there is nothing to weigh."""
    logs = np.log(np.maximum(probabilities, 1e-12))
    losses = -(targets * logs).sum(axis=1)
    share = np.ones(len(losses)) if weights is None else weights
    total = float(share.sum())
    return float((losses * share).sum() / total) if total > 0 else float("nan")


def expected_calibration_error(
    probabilities: Floats, truth: Ints, bins: int = CALIBRATION_BINS
) -> float:
    """Mean gap between confidence and accuracy over equal-width bins (Guo et al. 2017)."""
    if not len(truth):
        return float("nan")
    confidence = probabilities.max(axis=1)
    hit = probabilities.argmax(axis=1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = np.bincount(index, weights=confidence - hit, minlength=bins)
    return float(np.abs(gaps).sum() / len(truth))


def precision_per_class(confused: Ints) -> NDArray[np.float64]:
    """(K,) share of what was called each class that is of it; nan for one never named."""
    return recall_per_class(confused.T)


def jeffreys_interval(hits: float, count: float, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share from `hits` of `count` (Brown, Cai, DasGupta 2001)."""
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, count - hits + 0.5, tail))
    high = 1.0 if hits == count else float(betaincinv(hits + 0.5, count - hits + 0.5, 1 - tail))
    return low, high


def share(hits: int, count: int) -> dict[str, Any]:
    """`hits` of `count` as an accuracy with its 95 % interval."""
    low, high = jeffreys_interval(hits, count)
    return {"count": count, "accuracy": hits / count, "low": low, "high": high}


def clustered_share(hits: NDArray[Any], counts: NDArray[Any]) -> dict[str, Any]:
    """The same of (m,) clusters with `hits` of `counts` each, which stand and fall together.

    The interval is that of as many independent items as the clusters are worth (Kish 1965): the
    variance between clusters over the binomial one is the design effect.
    """
    total = float(counts.sum())
    mean = float(hits.sum()) / total
    spread = float(((hits - mean * counts) ** 2).sum()) * len(counts) / max(len(counts) - 1, 1)
    plain = mean * (1 - mean) * total
    worth = total / max(spread / plain, 1.0) if plain > 0 else float(len(counts))
    low, high = jeffreys_interval(mean * worth, worth)
    return {"count": int(total), "accuracy": mean, "low": low, "high": high}


def report(
    probabilities: Floats,
    targets: Floats,
    classes: tuple[str, ...],
    groups: Sequence[str | None] = (),
) -> dict[str, Any]:
    """All figures of one part of a snapshot, ready for JSON; the truth is the likeliest class.

    `groups` (n,) widen the interval where items of one group are right and wrong together.
    """
    truth = targets.argmax(axis=1)
    count = len(truth)
    if not count:
        return {"count": 0}
    confused = confusion(probabilities, truth)
    hits = int(np.diag(confused).sum())
    low, high = jeffreys_interval(hits, count)
    if any(groups):
        grouped = _by_group(probabilities.argmax(axis=1) == truth, groups)
        low, high = (grouped[end] for end in ("low", "high"))
    return {
        "count": count,
        "correct": hits,
        "accuracy": hits / count,
        "low": low,
        "high": high,
        "loss": cross_entropy(probabilities, targets),
        "ece": expected_calibration_error(probabilities, truth),
        "majority": int(confused.sum(axis=1).max()) / count,
        "recall": _named(recall_per_class(confused), classes),
        "precision": _named(precision_per_class(confused), classes),
        "recall_interval": {
            name: jeffreys_interval(int(confused[k, k]), int(confused[k].sum()))
            for k, name in enumerate(classes)
            if confused[k].any()
        },
        "confusion": confused.tolist(),
    }


def _by_group(right: NDArray[np.bool_], groups: Sequence[str | None]) -> dict[str, Any]:
    names = [name or f"item {place}" for place, name in enumerate(groups)]
    _, places = np.unique(names, return_inverse=True)
    return clustered_share(np.bincount(places, weights=right), np.bincount(places))


def _named(values: Floats, classes: tuple[str, ...]) -> dict[str, float | None]:
    pairs = zip(classes, values.tolist(), strict=True)
    return {name: None if np.isnan(value) else value for name, value in pairs}
