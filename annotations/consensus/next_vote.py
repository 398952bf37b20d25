"""The next vote: how likely it settles an item, by who gives it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray
from annotations.consensus.fit import CategoricalFit


@dataclass(frozen=True)
class Begun:
    """What is known of n items before their next vote.

    scores: (n, K) log of the prior times what the votes so far say, of any scale. named: (n, K)
    classes that somebody gave. needed: (n,) the class that a model says of an item where one more
    vote settles nothing without its word, -1 where votes alone will do, -2 where nothing will.
    """

    scores: FloatArray
    named: npt.NDArray[np.bool_]
    needed: npt.NDArray[np.int64]


def vote_rows(fit: CategoricalFit, labeler: int | None) -> FloatArray:
    """log P(vote | truth) (K, K) [vote, truth] of a labeler, of the pool's mean one for None."""
    codes = range(fit.n_classes)
    if labeler is None:
        return np.stack([fit.pool_row(code) for code in codes])
    return np.stack([fit.log_row(labeler, code) for code in codes])


def settling_chances(
    begun: Begun, rows: FloatArray, *, confidence: float, temperature: float = 1.0
) -> FloatArray:
    """(n,) chance that one more vote, given as `rows` say, settles each item.

    It does where the answer is as sure as `confidence` then, somebody gave it, and a model backs it
    where that is needed.
    """
    truth = _shares(begun.scores / temperature)
    after = (begun.scores[:, None, :] + rows[None]) / temperature  # [item, vote, truth]
    best, highest = after.argmax(axis=2), after.max(axis=2, keepdims=True)
    sure = 1.0 / np.exp(after - highest).sum(axis=2)
    given = np.take_along_axis(begun.named, best, axis=1) | (best == np.arange(rows.shape[0]))
    backed = (begun.needed[:, None] == -1) | (best == begun.needed[:, None])
    settles = (sure >= confidence) & given & backed
    chances = truth @ np.exp(rows).T
    return np.asarray((settles * chances).sum(axis=1))


def _shares(logs: FloatArray) -> FloatArray:
    shares = np.exp(logs - logs.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True))
