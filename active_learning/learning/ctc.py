"""Scores per column -> text: connectionist temporal classification (Graves et al. 2006)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
BLANK = 0


@dataclass(frozen=True)
class Reading:
    """A text, how sure each of its characters is (0..1), and how sure the whole of it is.

    `confidence` is the geometric mean of the best probability over all columns, which ranks
    readings well; how often a reading of that confidence is right is for calibration to say.
    """

    text: str
    confidence: float
    characters: tuple[float, ...] = ()


def decode(logits: Floats, alphabet: Sequence[str]) -> Reading:
    """(columns, 1 + len(alphabet)) logits, the blank first -> the best path's reading."""
    if not len(logits):
        return Reading("", 0.0)
    logs = logits - logits.max(axis=1, keepdims=True)
    logs = logs - np.log(np.exp(logs).sum(axis=1, keepdims=True))
    best = logs.argmax(axis=1)
    peaks = np.exp(logs.max(axis=1))
    text, sure = [], []
    for start, end in _runs(best):
        if best[start] != BLANK:
            text.append(alphabet[int(best[start]) - 1])
            sure.append(float(peaks[start:end].max()))
    return Reading("".join(text), float(np.exp(logs.max(axis=1).mean())), tuple(sure))


def _runs(path: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Half-open spans of equal values."""
    edges = [0, *(np.flatnonzero(np.diff(path)) + 1).tolist(), len(path)]
    return list(pairwise(edges))


def needed_columns(codes: Sequence[int]) -> int:
    """Columns without which a text cannot be spelled: equal neighbours need a blank between."""
    return len(codes) + sum(a == b for a, b in pairwise(codes))
