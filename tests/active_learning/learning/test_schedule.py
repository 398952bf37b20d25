"""One order of new items and further votes."""

from __future__ import annotations

import numpy as np

from active_learning.learning.schedule import nearly_repeated, places_among


def places(new: list[float], asked: list[float]) -> list[int]:
    return places_among(np.array(new), np.array(asked)).tolist()


def test_doubtful_items_and_new_ones_take_turns_while_the_model_is_unsure() -> None:
    assert places([0.6] * 5, [0.7, 0.6, 0.5]) == [0, 1, 2]


def test_doubtful_items_come_first_once_the_model_is_sure_of_the_new_ones() -> None:
    assert places([0.1, 0.1, 0.1], [0.7, 0.6, 0.5]) == [0, 0, 0]


def test_of_fairly_sure_items_the_larger_doubt_goes_first() -> None:
    assert places([0.5, 0.15, 0.05], [0.2, 0.1, 0.01]) == [1, 2, 3]


def test_without_new_items_or_further_votes_nothing_is_placed() -> None:
    assert places([], [0.7, 0.1]) == [0, 0] and places([0.5], []) == []


def test_nearly_the_same_picture_is_asked_once() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(60, 8))
    features[7] = features[3] + 1e-3  # the same as an earlier one
    features[9] = features[50]  # the same as a labeled one
    labeled = np.arange(60) >= 50
    found = nearly_repeated(features, np.arange(50), labeled)
    assert np.flatnonzero(found).tolist() == [7, 9]


def test_of_three_equal_pictures_the_first_one_stays() -> None:
    features = np.random.default_rng(0).normal(size=(30, 4))
    features[[4, 8, 12]] = features[4]
    order = np.arange(30)[::-1]
    found = nearly_repeated(features, order, np.zeros(30, bool))
    assert np.flatnonzero(found).tolist() == [4, 8]
