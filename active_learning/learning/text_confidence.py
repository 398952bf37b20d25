"""How sure a reading is -> how often readings as sure as that are right.

Platt 1999, on two figures of a reading: the mean log probability of its columns, which ranks
readings of any length, and the log probability of all its characters, which falls with length as
the chance of a faultless line does. Fitted on lines that were not trained on.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

from active_learning.learning.ctc import Reading
from active_learning.learning.errors import ArtifactInvalid

FEWEST = 30  # lines, of which some are right and some wrong
PRIOR = 1.0  # of the two slopes, in units of their scaled figures
LEAST = 1e-6


@dataclass(frozen=True)
class TextConfidence:
    """`offset` and two slopes of the logit; none of them before there was anything to fit."""

    slopes: tuple[float, float, float] | None = None

    def chance(self, reading: Reading) -> float:
        """The chance that the whole reading is right, 0..1."""
        if not reading.text:
            return 0.0
        mean, total = _figures(reading)
        if self.slopes is None:
            return float(math.exp(total))
        offset, first, second = self.slopes
        return float(expit(offset + first * mean + second * total))

    def to_json(self) -> list[float] | None:
        """Return what `from_json` reads."""
        return None if self.slopes is None else list(self.slopes)

    @classmethod
    def from_json(cls, data: Any) -> "TextConfidence":
        """Raise ArtifactInvalid when `data` is not what to_json writes."""
        if data is None:
            return cls()
        sound = isinstance(data, list) and len(data) == 3
        if not sound or not all(isinstance(x, int | float) and math.isfinite(x) for x in data):
            raise ArtifactInvalid(f"the calibration of readings makes no sense: {data!r}")
        return cls((float(data[0]), float(data[1]), float(data[2])))


UNCALIBRATED = TextConfidence()


def fit_confidence(readings: Sequence[Reading], right: Sequence[bool]) -> TextConfidence:
    """Fit on n readings and whether each was right; unchanged where they teach nothing."""
    pairs = [(_figures(one), hit) for one, hit in zip(readings, right, strict=True) if one.text]
    hits = sum(hit for _, hit in pairs)
    if len(pairs) < FEWEST or hits in (0, len(pairs)):
        return UNCALIBRATED
    figures = np.asarray([figure for figure, _ in pairs], np.float64)
    truth = np.asarray([hit for _, hit in pairs], np.float64)
    scale = figures.std(axis=0) + LEAST

    def loss(logit: NDArray[np.float64]) -> float:
        said = expit(logit[0] + figures / scale @ logit[1:])
        chance = np.where(truth > 0, said, 1 - said)
        return float(-np.log(np.maximum(chance, 1e-12)).sum() + PRIOR * (logit[1:] ** 2).sum() / 2)

    # Surer is never less often right.
    found = minimize(loss, np.array([0.0, 0.5, 0.5]), bounds=[(None, None), (0, None), (0, None)])
    offset, first, second = (float(value) for value in found.x)
    return TextConfidence((offset, first / float(scale[0]), second / float(scale[1])))


def _figures(reading: Reading) -> tuple[float, float]:
    mean = math.log(max(reading.confidence, LEAST))
    total = sum(math.log(max(sure, LEAST)) for sure in reading.characters)
    return mean, total
