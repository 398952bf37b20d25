"""A model's opinion as the prior of an item: tempered, and held back as far as it may be wrong.

After Goh, Tkachenko and Mueller, CROWDLAB, arXiv 2210.06812: a model's probabilities count as much
as the model agrees with consensus on items that it was not trained on. Here they are what is known
of an item before its votes, mixed with knowing nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from annotations.consensus.base import FloatArray
from annotations.consensus.calibrate import apply_temperature, fit_temperature
from annotations.consensus.labeler_model import WIDE_CLASSES

# Agreement measured on fewer items says too little: the model takes no part.
LEAST_MEASURED = 15
# The weight follows the lower end of a 90 % interval: a lucky small sample must not count.
CAUTION = 0.05
# However well it agrees, this much is left to knowing nothing.
MOST_WEIGHT = 0.95


@dataclass(frozen=True)
class Standing:
    """How much a model's word counts: `weight` in [0, 1], `temperature` >= 1 of its
    probabilities, and the `agreement` on so many `items` from which both come."""

    weight: float
    temperature: float
    agreement: float | None
    items: int


def standing_of(probabilities: FloatArray, codes: npt.ArrayLike) -> Standing:
    """Measure a model by its probabilities (n, K) of items that it was not trained on, and what
    their consensus (n,) is without it. Weight 0 where there are too few to say."""
    truth = np.asarray(codes, dtype=np.int32)
    count, n_classes = probabilities.shape
    if not count:
        return Standing(0.0, 1.0, None, 0)
    hits = int((probabilities.argmax(axis=1) == truth).sum())
    if count < LEAST_MEASURED or n_classes < 2:
        return Standing(0.0, 1.0, hits / count, count)
    low = float(special.betaincinv(hits + 0.5, count - hits + 0.5, CAUTION))
    beyond_chance = (low - 1 / n_classes) / (1 - 1 / n_classes)
    temperature = fit_temperature(np.maximum(probabilities, 1e-9), truth).temperature
    weight = min(max(beyond_chance, 0.0), MOST_WEIGHT)
    return Standing(weight, temperature, hits / count, count)


def tempered_shares(probabilities: FloatArray, standing: Standing) -> FloatArray:
    """Probabilities (n, K) as they enter the consensus, before the weight."""
    return apply_temperature(probabilities, standing.temperature)


def log_prior_of(
    shares: Mapping[str, float], weight: float, codes: Mapping[str, int]
) -> FloatArray | None:
    """Log prior (K,) from shares by class name: `weight` of them, the rest even.

    Shares of classes that there are not, and those left out, are spread evenly too. None where the
    model says nothing of use.
    """
    size = len(codes)
    said = np.zeros(size)
    for name, share in shares.items():
        if name in codes:
            said[codes[name]] = share
    total = float(said.sum())
    if not size or total <= 0 or weight <= 0:
        return None
    if total < 1.0:
        said += (1.0 - total) / size
    return np.asarray(np.log(weight * said / said.sum() + (1.0 - weight) / size))


def stacked_log_priors(
    opinions: Mapping[int, Mapping[str, Any]], items: int, codes: Mapping[str, int]
) -> FloatArray | None:
    """Log priors of all items as rows (items, K), NaN where there is none.

    opinions: by item index, each with its `shares` by class name and its `weight`. None where
    nobody has one, and with so many classes that they are not looked at.
    """
    if not opinions or len(codes) > WIDE_CLASSES:
        return None
    rows = np.full((items, len(codes)), np.nan)
    spoke = False
    for index, opinion in opinions.items():
        said = log_prior_of(opinion["shares"], opinion["weight"], codes)
        if said is not None:
            rows[index] = said
            spoke = True
    return rows if spoke else None


def log_priors_of(
    opinions: Sequence[tuple[Mapping[str, float], float]], codes: Mapping[str, int]
) -> FloatArray:
    """The same (n, K) for n opinions, each of shares and weight, at once; NaN rows for None."""
    size = len(codes)
    said = np.zeros((len(opinions), size))
    for row, (shares, _) in enumerate(opinions):
        for name, share in shares.items():
            if name in codes:
                said[row, codes[name]] = share
    weights = np.array([weight for _, weight in opinions])[:, None]
    total = said.sum(axis=1, keepdims=True)
    mute = (total[:, 0] <= 0) | (weights[:, 0] <= 0)
    said += np.maximum(1.0 - total, 0.0) / max(size, 1)
    found = np.log(weights * said / said.sum(axis=1, keepdims=True) + (1.0 - weights) / size)
    found[mute] = np.nan
    return np.asarray(found)


def classes_said(log_priors: FloatArray | None, items: int) -> npt.NDArray[np.int32]:
    """The class that a model names of each item (n,) by its log priors (n, K); -1 where none."""
    said = np.full(items, -1, dtype=np.int32)
    if log_priors is not None:
        spoken = ~np.isnan(log_priors[:, 0])
        said[spoken] = log_priors[spoken].argmax(axis=1)
    return said
