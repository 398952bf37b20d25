"""Bulk votes: answers that were confirmed many at a time weigh less until they are proved good."""

from __future__ import annotations

from annotations.consensus.gold import share_interval

WEIGHT = 0.5  # of a vote that was confirmed among many; a single look counts 1
LEAST = 10  # known items confirmed or left out in bulk, before they prove anything
SURELY = 0.7  # and this share of them right, at the lower end of the interval


def bulk_weight(right: int, count: int) -> float:
    """The weight of a labeler's bulk votes, of whose `count` on known items `right` were right."""
    low, _ = share_interval(right, count)
    return 1.0 if count >= LEAST and low >= SURELY else WEIGHT
