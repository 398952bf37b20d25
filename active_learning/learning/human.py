"""What one labeler alone would score: a figure to hold every model's against."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from active_learning.learning import metrics


def one_labeler(ballots: Sequence[Sequence[str]]) -> dict[str, Any] | None:
    """How often one labeler says what most of the others of an item say; None for no such vote.

    `ballots` are the answers of each item. Votes of one item stand and fall together, so the
    interval counts items, not votes. Where the others are divided evenly, nothing is compared.
    """
    hits, counts = np.array([_agreeing(ballot) for ballot in ballots], float).reshape(-1, 2).T
    if not counts.sum():
        return None
    return metrics.clustered_share(hits[counts > 0], counts[counts > 0])


def _agreeing(ballot: Sequence[str]) -> tuple[int, int]:
    compared = list(_comparisons(ballot))
    return sum(compared), len(compared)


def _comparisons(ballot: Sequence[str]) -> Iterator[bool]:
    for place, answer in enumerate(ballot):
        others = Counter([*ballot[:place], *ballot[place + 1 :]]).most_common(2)
        if others and (len(others) == 1 or others[0][1] > others[1][1]):
            yield answer == others[0][0]
