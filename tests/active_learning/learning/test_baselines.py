"""What a model's figure is held against."""

from __future__ import annotations

import numpy as np
import pytest

from active_learning.learning import metrics
from active_learning.learning.human import one_labeler


def test_one_labeler_is_compared_with_the_others_and_not_with_themselves() -> None:
    found = one_labeler([["a", "a", "b"], ["a", "a", "a"]])
    # The "b" disagrees; each "a" beside it faces one "a" and one "b", which says nothing.
    assert found is not None and (found["count"], found["accuracy"]) == (4, 0.75)


def test_single_votes_compare_with_nobody() -> None:
    assert one_labeler([["a"], []]) is None and one_labeler([]) is None


def test_items_that_stand_and_fall_together_give_a_wider_interval() -> None:
    together = metrics.clustered_share(np.array([10.0, 0, 10, 10]), np.full(4, 10.0))
    alone = metrics.share(30, 40)
    assert together["accuracy"] == alone["accuracy"]
    assert together["high"] - together["low"] > 2 * (alone["high"] - alone["low"])


def test_clusters_of_one_item_are_items() -> None:
    right = np.array([1.0] * 30 + [0.0] * 10)
    low, high = metrics.jeffreys_interval(30, 40)
    found = metrics.clustered_share(right, np.ones(40))
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=0.01)


def test_groups_widen_the_interval_of_a_report() -> None:
    targets = np.eye(2)[[0] * 20 + [1] * 20]
    said = np.eye(2)[[0] * 20 + [1] * 10 + [0] * 10]
    groups = [f"writer {place // 10}" for place in range(40)]
    plain = metrics.report(said, targets, ("a", "b"))
    grouped = metrics.report(said, targets, ("a", "b"), groups)
    assert grouped["low"] < plain["low"] and grouped["accuracy"] == plain["accuracy"] == 0.75
    assert plain["precision"] == {"a": 2 / 3, "b": 1.0} and plain["recall"]["b"] == 0.5
