"""A model as one more voter, weighed by how often it agrees where it was not trained.

After Goh, Tkachenko and Mueller, CROWDLAB, arXiv 2210.06812: a classifier's probabilities join the
votes with a weight from its measured agreement. Here the model is a labeler with a key of its
own: its probabilities are fractions of one vote, and its skill is estimated with everybody's. It
may only vote on items it was not trained on, and leaving it out is leaving out one labeler.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from annotations.consensus.base import FloatArray, VoteTable

# No account has it: ids of labelers are positive.
MODEL_KEY = -1
# Classes less likely than this get no fraction of the vote.
LEAST_SHARE = 0.02


def add_model_votes(
    votes: VoteTable,
    probabilities: FloatArray,
    may_vote: npt.NDArray[np.bool_],
    *,
    model_key: int = MODEL_KEY,
) -> VoteTable:
    """The table with the model's votes on the items where it may vote.

    probabilities: (n_items, K), calibrated, out of sample; may_vote: (n_items,), False where the
    model was trained on the item. Items without any vote of a person get none of the model
    either: it must not label alone. Raises ValueError for a wrong shape or a taken key.
    """
    if probabilities.shape != (votes.n_items, votes.n_classes):
        raise ValueError("probabilities must have a row per item and a column per class")
    if model_key in set(votes.labeler_keys.tolist()):
        raise ValueError(f"labeler key {model_key} is taken")
    asked = np.bincount(votes.items, minlength=votes.n_items) > 0
    allowed = np.asarray(may_vote, dtype=bool) & asked
    items, codes = np.nonzero((probabilities >= LEAST_SHARE) & allowed[:, None])
    fractions = probabilities[items, codes]
    whole = np.bincount(items, weights=fractions, minlength=votes.n_items)
    return VoteTable(
        np.concatenate([votes.items, items.astype(np.int32)]),
        np.concatenate([votes.labelers, np.full(len(items), votes.n_labelers, np.int32)]),
        np.concatenate([votes.codes, codes.astype(np.int32)]),
        votes.n_items,
        np.append(votes.labeler_keys, model_key),
        votes.n_classes,
        np.concatenate([votes.vote_weights(), fractions / whole[items]]),
    )


def model_ballot(probabilities: Sequence[float]) -> tuple[list[int], list[float]]:
    """One item's model votes (codes, weights), to be added to its ballot under the model's key."""
    kept = [(code, share) for code, share in enumerate(probabilities) if share >= LEAST_SHARE]
    total = sum(share for _, share in kept)
    return [code for code, _ in kept], [share / total for _, share in kept]
