"""What the others say: the consensus of an item without one labeler's own vote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from annotations.consensus.base import FloatArray, IntArray, VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.scoring import known_indices, log_rows

CHUNK = 2_000_000  # floats held at a time
TIE = 1e-9


@dataclass(frozen=True)
class OthersSay:
    """Per vote what the other votes of its item say: codes int32 (V,), -1 where nobody else voted
    or they are evenly divided; confidence (V,)."""

    codes: IntArray
    confidence: FloatArray


def others_say(
    fit: CategoricalFit, votes: VoteTable, counted: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> OthersSay:
    """For every vote the consensus of its item without it.

    counted: bool (V,), False for votes that are compared but help to decide nothing.
    """
    found = _wide(fit, votes, counted) if fit.is_wide else _dense(fit, votes, counted)
    others = np.bincount(votes.items[counted], minlength=votes.n_items)[votes.items] - counted
    found.codes[others <= 0] = -1
    return found


def _dense(
    fit: CategoricalFit, votes: VoteTable, counted: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> OthersSay:
    """Few classes: the item's log scores less the vote's own row."""
    n_classes = fit.n_classes
    index = known_indices(fit, votes.labeler_keys)[votes.labelers].astype(np.int64)
    pairs, place = np.unique(index * n_classes + votes.codes, return_inverse=True)
    rows = log_rows(fit, *np.divmod(pairs, n_classes))
    codes = np.full(len(votes), -1, dtype=np.int32)
    confidence = np.zeros(len(votes))
    order = np.argsort(votes.items, kind="stable")
    for part in np.array_split(order, max(1, len(order) * n_classes // CHUNK)):
        # A part may begin within an item: all votes of its items go into the sums.
        mine = np.unique(votes.items[part])
        slot = np.full(votes.n_items, -1, dtype=np.int64)
        slot[mine] = np.arange(len(mine))
        deciding = counted & (slot[votes.items] >= 0)
        sums = np.zeros((len(mine), n_classes))
        np.add.at(sums, slot[votes.items[deciding]], rows[place[deciding]])
        own = rows[place[part]] * counted[part, None]
        scores = sums[slot[votes.items[part]]] - own + fit.log_prior
        codes[part], confidence[part] = _best(scores / fit.temperature)
    return OthersSay(codes, confidence)


def _best(scores: FloatArray) -> tuple[IntArray, FloatArray]:
    scores = scores - scores.max(axis=1, keepdims=True)
    odds = np.exp(scores)
    odds /= odds.sum(axis=1, keepdims=True)
    best = odds.max(axis=1)
    codes = odds.argmax(axis=1).astype(np.int32)
    codes[(odds >= (best - TIE)[:, None]).sum(axis=1) > 1] = -1
    return codes, best


def _wide(
    fit: CategoricalFit, votes: VoteTable, counted: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> OthersSay:
    """Many classes: one ballot after the other, each of which names only a few of them."""
    codes = np.full(len(votes), -1, dtype=np.int32)
    confidence = np.zeros(len(votes))
    keys = votes.labeler_keys[votes.labelers]
    order = np.argsort(votes.items, kind="stable")
    starts = np.flatnonzero(np.diff(votes.items[order], prepend=-1))
    for ballot in np.split(order, starts[1:]) if len(order) else []:
        for vote in ballot:
            others = ballot[(ballot != vote) & counted[ballot]]
            if len(others):
                posterior = fit.posterior(keys[others].tolist(), votes.codes[others].tolist())
                found, sure = _best(np.log(np.maximum(posterior, 1e-300))[None, :])
                codes[vote], confidence[vote] = found[0], sure[0]
    return OthersSay(codes, confidence)
