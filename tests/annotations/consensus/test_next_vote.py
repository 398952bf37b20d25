"""The next vote: how likely it settles an item, by who gives it."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.consensus.base import FloatArray
from annotations.consensus.next_vote import Begun, settling_chances

EVEN = np.log(np.full(3, 1 / 3))


def rows(skill: float) -> FloatArray:
    """log P(vote | truth) of a labeler of this skill, whose errors are spread evenly."""
    found = np.full((3, 3), (1 - skill) / 2)
    np.fill_diagonal(found, skill)
    return np.log(found)


def chance(
    shares: list[float], skill: float, *, named: tuple[int, ...] = (), needed: int = -1
) -> float:
    flags = np.isin(np.arange(3), named)[None]
    begun = Begun(np.log(np.array([shares])), flags, np.array([needed]))
    return float(settling_chances(begun, rows(skill), confidence=0.95)[0])


def test_a_vote_settles_as_often_as_it_is_expected_to_confirm() -> None:
    # 0.9 * 0.9 / (0.9 * 0.9 + 2 * 0.05 * 0.05): sure enough; any other answer leaves it open.
    assert chance([0.9, 0.05, 0.05], 0.9) == pytest.approx(0.9 * 0.9 + 2 * 0.05 * 0.05)


def test_where_much_is_open_only_a_good_labeler_settles() -> None:
    unsure = [0.5, 0.3, 0.2]
    assert chance(unsure, 0.6) == 0 and chance(unsure, 0.99) > 0.9


def test_without_the_model_behind_it_a_first_vote_settles_nothing() -> None:
    unsure = [0.5, 0.3, 0.2]
    alone, backed = chance(unsure, 0.99, needed=-2), chance(unsure, 0.99, needed=0)
    assert alone == 0 < backed < chance(unsure, 0.99)


def test_what_nobody_said_is_not_settled_by_another_answer() -> None:
    sure = [0.9998, 0.0001, 0.0001]
    unsaid, said = chance(sure, 0.6), chance(sure, 0.6, named=(0,))
    assert unsaid == pytest.approx(0.6, abs=1e-3) and said == pytest.approx(1)


def test_a_temperature_makes_it_rarer() -> None:
    begun = Begun(np.log(np.array([[0.8, 0.1, 0.1]])), np.zeros((1, 3), bool), np.array([-1]))
    plain, hot = (
        settling_chances(begun, rows(0.9), confidence=0.95, temperature=heat)[0]
        for heat in (1.0, 3.0)
    )
    assert plain > 0.7 and hot == 0
