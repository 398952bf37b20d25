"""Why this label: how far each vote moved the odds between the likeliest class and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from annotations.consensus.base import FloatArray
from annotations.consensus.fit import CategoricalFit


@dataclass(frozen=True)
class Explanation:
    """The log odds (nats) of `best` against `rival`, in parts.

    prior: what was known before the votes: the classes' frequencies, or a model's opinion.
    votes: the part of each vote, in the order given; above 0 it speaks for `best`.
    prior + sum(votes) is the log of p(best) / p(rival).
    """

    best: int
    rival: int
    prior: float
    votes: tuple[float, ...]


def explain(
    fit: CategoricalFit,
    labeler_keys: Sequence[int],
    codes: Sequence[int],
    weights: Sequence[float] | None = None,
    log_prior: FloatArray | None = None,
) -> Explanation | None:
    """Take one ballot's posterior apart; None for an empty ballot or a single class.

    Calibration divides every part alike, so the parts are those of the calibrated odds.
    """
    if not codes or fit.n_classes < 2:
        return None
    known = fit.log_prior if log_prior is None else log_prior
    posterior = fit.posterior(labeler_keys, codes, weights, log_prior=known)
    best, rival = (int(code) for code in np.argsort(-posterior, kind="stable")[:2])
    given = [1.0] * len(codes) if weights is None else weights
    voted = set(codes)
    parts = tuple(
        weight * (_log(fit, key, code, best, voted) - _log(fit, key, code, rival, voted))
        for key, code, weight in zip(labeler_keys, codes, given, strict=True)
    )
    prior = float(known[best] - known[rival])
    return Explanation(
        best, rival, prior / fit.temperature, tuple(part / fit.temperature for part in parts)
    )


def _log(fit: CategoricalFit, key: int, code: int, truth: int, voted: set[int]) -> float:
    """log P(vote | truth); with many classes all those that nobody named share one."""
    if fit.is_wide and truth not in voted:
        place = np.flatnonzero(fit.labeler_keys == key)
        return float(fit.log_unvoted[int(place[0]) if len(place) else fit.n_labelers])
    return float(fit.log_row(key, code)[truth])
