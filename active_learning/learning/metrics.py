"""Figures about predictions: accuracy with its interval, per class, confusion, calibration."""

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


def jeffreys_interval(hits: int, count: int, level: float = 0.95) -> tuple[float, float]:
    """Interval of a share from `hits` of `count` (Brown, Cai, DasGupta 2001)."""
    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits + 0.5, count - hits + 0.5, tail))
    high = 1.0 if hits == count else float(betaincinv(hits + 0.5, count - hits + 0.5, 1 - tail))
    return low, high


def report(probabilities: Floats, targets: Floats, classes: tuple[str, ...]) -> dict[str, Any]:
    """All figures of one part of a snapshot, ready for JSON; the truth is the likeliest class."""
    truth = targets.argmax(axis=1)
    count = len(truth)
    if not count:
        return {"count": 0}
    confused = confusion(probabilities, truth)
    hits = int(np.diag(confused).sum())
    low, high = jeffreys_interval(hits, count)
    recalls = recall_per_class(confused)
    return {
        "count": count,
        "correct": hits,
        "accuracy": hits / count,
        "low": low,
        "high": high,
        "loss": cross_entropy(probabilities, targets),
        "ece": expected_calibration_error(probabilities, truth),
        "majority": int(confused.sum(axis=1).max()) / count,
        "recall": {
            name: None if np.isnan(value) else float(value)
            for name, value in zip(classes, recalls, strict=True)
        },
        "confusion": confused.tolist(),
    }
