"""How far readings are from the truth: character and word error rates, exact texts."""

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from active_learning.learning.metrics import jeffreys_interval

DRAWS = 1000


def plain(text: str) -> str:
    """What is compared: Unicode NFC, runs of spaces as one."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def report(readings: Sequence[str], truth: Sequence[str]) -> dict[str, Any]:
    """Figures of readings (n) against the truth (n).

    `cer` and `wer` are edits per character and per word of the truth, over all lines together (0
    for no lines), `cer_low` and `cer_high` the 95 % bootstrap interval of the CER over lines.
    `accuracy` with `low` and `high` is the share of lines that are right as a whole.
    """
    pairs = [(plain(a), plain(b)) for a, b in zip(readings, truth, strict=True)]
    edits = np.asarray([Levenshtein.distance(a, b) for a, b in pairs], np.float64)
    lengths = np.asarray([len(b) for _, b in pairs], np.float64)
    words = sum(len(b.split()) for _, b in pairs)
    wrong = sum(Levenshtein.distance(a.split(), b.split()) for a, b in pairs)
    hits = sum(a == b for a, b in pairs)
    low, high = jeffreys_interval(hits, len(pairs))
    cer_low, cer_high = _interval(edits, lengths)
    return {
        "count": len(pairs),
        "cer": _ratio(edits.sum(), lengths.sum()),
        "cer_low": cer_low,
        "cer_high": cer_high,
        "wer": _ratio(wrong, words),
        "accuracy": _ratio(hits, len(pairs)),
        "low": low,
        "high": high,
    }


def calibration_error(chances: Sequence[float], right: Sequence[bool], bins: int = 15) -> float:
    """Mean distance of claimed and true chance of a right line, in bins (Naeini et al. 2015)."""
    said, hits = np.asarray(chances, np.float64), np.asarray(right, np.float64)
    place = np.minimum((said * bins).astype(int), bins - 1)
    gaps = [abs((said - hits)[place == one].sum()) for one in range(bins)]
    return float(sum(gaps) / max(len(said), 1))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0


def _interval(edits: NDArray[np.float64], lengths: NDArray[np.float64]) -> tuple[float, float]:
    if not lengths.sum():
        return 0.0, 1.0
    draws = np.random.default_rng(0).integers(0, len(edits), (DRAWS, len(edits)))
    rates = edits[draws].sum(axis=1) / np.maximum(lengths[draws].sum(axis=1), 1)
    low, high = np.quantile(rates, (0.025, 0.975))
    return float(low), float(high)
