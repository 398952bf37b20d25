"""Agreement figures against hand-worked cases and the reference implementations."""

from __future__ import annotations

from itertools import combinations

import krippendorff
import numpy as np
import pytest
from statsmodels.stats.inter_rater import cohens_kappa

from annotations.consensus.agreement import (
    alpha_by_distance,
    chance_distance,
    cohen_kappa,
    krippendorff_alpha,
    krippendorff_interval,
    pairwise_agreement,
    percent_agreement,
)
from annotations.consensus.base import VoteTable
from annotations.consensus.pairs import alpha_interval
from tests.annotations.consensus.crowd_sets import CATEGORICAL, load_set

VALUES = np.array([0.0, 1.5, 2.0, 7.0])


def table(seed: int = 0, n_items: int = 60) -> VoteTable:
    random = np.random.default_rng(seed)
    matrix = random.integers(0, 4, (n_items, 5)) // random.integers(1, 3, (n_items, 1))
    items, labelers = np.nonzero(random.random((n_items, 5)) < 0.6)
    keys = np.arange(5) * 10
    return VoteTable(items, labelers, matrix[items, labelers], n_items, keys, 4)


def reliability(votes: VoteTable) -> np.ndarray:
    data = np.full((votes.n_labelers, votes.n_items), np.nan)
    data[votes.labelers, votes.items] = votes.codes
    return data


@pytest.mark.parametrize("level", ["nominal", "ordinal", "interval"])
@pytest.mark.parametrize("seed", range(4))
def test_alpha_equals_the_reference(level: str, seed: int) -> None:
    votes = table(seed)
    data = reliability(votes)
    if level == "interval":
        data = np.where(np.isnan(data), np.nan, VALUES[np.nan_to_num(data).astype(int)])
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement=level)
    values = VALUES if level == "interval" else None
    assert krippendorff_alpha(votes, level=level, values=values) == pytest.approx(
        expected, abs=1e-9
    )


@pytest.mark.parametrize("name", CATEGORICAL)
def test_alpha_equals_the_reference_on_real_crowds(name: str) -> None:
    votes = load_set(name).votes
    expected = krippendorff.alpha(
        reliability_data=reliability(votes),
        level_of_measurement="nominal",
        value_domain=list(range(votes.n_classes)),
    )
    assert krippendorff_alpha(votes) == pytest.approx(expected, abs=1e-9)


def test_alpha_is_one_for_perfect_and_undefined_for_constant_votes() -> None:
    perfect = VoteTable([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 1, 1], 2, [1, 2], 2)
    constant = VoteTable([0, 0, 1, 1], [0, 1, 0, 1], [0, 0, 0, 0], 2, [1, 2], 2)
    assert krippendorff_alpha(perfect) == 1.0
    assert np.isnan(krippendorff_alpha(constant))


def test_the_bootstrap_interval_holds_the_estimate_and_narrows_with_items() -> None:
    few, many = krippendorff_interval(table(1, 40)), krippendorff_interval(table(1, 800))
    assert few.low <= few.estimate <= few.high
    assert many.high - many.low < few.high - few.low
    assert krippendorff_interval(table(1, 40)) == few


def test_alpha_by_distance_equals_nominal_alpha_for_the_discrete_distance() -> None:
    votes = table(2)
    answers = [votes.codes[votes.items == item].tolist() for item in range(votes.n_items)]
    generic = alpha_by_distance(answers, lambda a, b: float(a != b))
    assert generic == pytest.approx(krippendorff_alpha(votes), abs=1e-12)


def test_percent_agreement_counts_pairs() -> None:
    votes = VoteTable([0, 0, 0, 1, 1], [0, 1, 2, 0, 1], [1, 1, 0, 0, 0], 2, [1, 2, 3], 2)
    assert percent_agreement(votes) == pytest.approx(2 / 4)


def test_kappa_equals_statsmodels_with_its_interval() -> None:
    votes = table(3, 300)
    joint = np.zeros((4, 4))
    data = reliability(votes)
    both = ~np.isnan(data[0]) & ~np.isnan(data[3])
    np.add.at(joint, (data[0][both].astype(int), data[3][both].astype(int)), 1)
    expected = cohens_kappa(joint)
    got = cohen_kappa(votes, 0, 30)
    assert got.common == both.sum()
    assert got.kappa == pytest.approx(expected.kappa, abs=1e-12)
    assert got.low == pytest.approx(expected.kappa_low, abs=1e-4)
    assert got.high == pytest.approx(expected.kappa_upp, abs=1e-4)


def test_labelers_without_common_items_have_no_kappa() -> None:
    votes = VoteTable([0, 1], [0, 1], [1, 1], 2, [1, 2], 2)
    pair = cohen_kappa(votes, 1, 2)
    assert pair.common == 0 and np.isnan(pair.kappa)


def test_pairwise_agreement_counts_common_and_equal_votes() -> None:
    votes = VoteTable([0, 0, 1, 1, 2], [0, 1, 0, 1, 0], [1, 1, 0, 1, 0], 3, [1, 2], 2)
    same, common = pairwise_agreement(votes)
    assert common.tolist() == [[3, 2], [2, 2]]
    assert same[0, 1] == 1


@pytest.mark.parametrize("name", CATEGORICAL)
def test_alpha_by_distance_of_labelers_figures_is_the_reference_for_nominal_answers(
    name: str,
) -> None:
    votes = load_set(name).votes
    order = np.argsort(votes.items, kind="stable")
    ends = np.searchsorted(votes.items[order], np.arange(1, votes.n_items))
    units = [unit.tolist() for unit in np.split(votes.codes[order], ends) if len(unit) > 1][:60]
    apart = [np.array([float(a != b) for a, b in combinations(unit, 2)]) for unit in units]
    pool = [code for unit in units for code in unit]
    chance = chance_distance(pool, lambda a, b: float(a != b), pairs=10**9)
    alpha, low, high = alpha_interval(apart, [len(unit) for unit in units], chance)
    widest = max(map(len, units))
    data = np.array([[*unit, *[np.nan] * (widest - len(unit))] for unit in units]).T
    domain = list(range(votes.n_classes))
    expected = krippendorff.alpha(data, level_of_measurement="nominal", value_domain=domain)
    assert alpha == pytest.approx(expected, abs=1e-9)
    assert low <= alpha <= high


def test_chance_of_many_is_drawn_and_near_that_of_all_pairs() -> None:
    pool = np.random.default_rng(0).integers(0, 3, 400).tolist()
    every = chance_distance(pool, lambda a, b: float(a != b), pairs=10**9)
    drawn = chance_distance(pool, lambda a, b: float(a != b), pairs=4_000)
    assert drawn == pytest.approx(every, abs=0.03) and drawn != every
    assert np.isnan(chance_distance([1], lambda a, b: 1.0, pairs=10))
