"""How often labelers are tested, and what a share of right answers says."""

from __future__ import annotations

import pytest
from statsmodels.stats.proportion import proportion_confint

from annotations.consensus.gold import OFTEN, SELDOM, gold_rate, share_interval, surely_below


def test_new_labelers_are_tested_most_and_good_ones_ever_less() -> None:
    rates = [gold_rate([True] * n) for n in range(40)]
    assert rates[0] == rates[3] == OFTEN
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(SELDOM)


def test_slips_bring_the_tests_back() -> None:
    good, slipping = [True] * 24, [False, True, False, True, False, False] + [True] * 18
    assert gold_rate(good) == pytest.approx(SELDOM)
    assert gold_rate(slipping) == OFTEN
    assert SELDOM < gold_rate([False] + [True] * 23) < OFTEN


def test_a_project_sets_how_often_at_most_and_at_least() -> None:
    assert gold_rate([], often=0.5, seldom=0.1) == 0.5
    assert gold_rate([True] * 40, often=0.5, seldom=0.1) == pytest.approx(0.1)
    assert gold_rate([], often=0.0, seldom=0.0) == 0.0


@pytest.mark.parametrize(("right", "count"), [(3, 7), (99, 100), (1, 50)])
def test_the_interval_is_that_of_statsmodels(right: int, count: int) -> None:
    expected = proportion_confint(right, count, method="jeffreys")
    assert share_interval(right, count) == pytest.approx(expected)


def test_the_interval_of_nothing_says_nothing() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(5, 5)[1] == 1.0
    with pytest.raises(ValueError, match="no share"):
        share_interval(4, 3)


def test_a_floor_is_undercut_only_beyond_doubt() -> None:
    assert not surely_below(2, 9, floor=0.8, least=10)
    assert surely_below(2, 10, floor=0.8, least=10)
    assert not surely_below(7, 10, floor=0.8, least=10)
