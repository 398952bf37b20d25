"""A model's opinion as a prior: as strong as its measured agreement, and the same in every path."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotations.consensus import METHODS
from annotations.consensus.base import FloatArray, VoteTable
from annotations.consensus.explain import explain
from annotations.consensus.model_prior import (
    LEAST_MEASURED,
    MOST_WEIGHT,
    log_prior_of,
    log_priors_of,
    standing_of,
    tempered_shares,
)

CODES = {"4": 0, "7": 1, "9": 2}


def opinions(count: int, *, right: float, sure: float = 0.9) -> tuple[FloatArray, FloatArray]:
    """Rows that put `sure` on one class of three, which is the true one `right` of the time."""
    rng = np.random.default_rng(0)
    truth = rng.integers(3, size=count)
    said = np.where(rng.random(count) < right, truth, (truth + 1) % 3)
    rows = np.full((count, 3), (1 - sure) / 2)
    rows[np.arange(count), said] = sure
    return rows, truth


def test_a_model_measured_on_few_items_takes_no_part() -> None:
    assert standing_of(*opinions(LEAST_MEASURED - 1, right=1.0)).weight == 0
    assert standing_of(np.zeros((0, 3)), []).agreement is None


def test_the_weight_follows_the_agreement_and_its_evidence() -> None:
    good, fair = (standing_of(*opinions(200, right=share)) for share in (0.98, 0.8))
    few = standing_of(*opinions(30, right=0.98))
    assert MOST_WEIGHT >= good.weight > fair.weight > 0.5
    assert few.weight < good.weight


def test_a_model_that_guesses_has_hardly_a_word() -> None:
    assert standing_of(*opinions(200, right=1 / 3)).weight < 0.1


def test_a_model_that_is_too_sure_is_tempered() -> None:
    rows, truth = opinions(300, right=0.7, sure=0.99)
    standing = standing_of(rows, truth)
    assert standing.temperature > 1.5
    assert tempered_shares(rows, standing).max() < 0.9


def test_what_the_model_leaves_out_is_spread_evenly() -> None:
    prior = log_prior_of({"9": 0.8, "retired": 0.1}, 0.5, CODES)
    assert prior is not None and np.exp(prior).sum() == pytest.approx(1)
    shares = np.exp(prior)
    assert shares[0] == pytest.approx(shares[1]) and shares[2] > 0.5
    assert log_prior_of({}, 0.9, CODES) is None and log_prior_of({"9": 1.0}, 0.0, CODES) is None


def voted() -> VoteTable:
    rng = np.random.default_rng(1)
    truth = rng.integers(3, size=60)
    items = np.repeat(np.arange(60), 2)
    labelers = np.tile([0, 1], 60)
    wrong = rng.random(120) > np.where(labelers == 0, 0.95, 0.6)
    codes = np.where(wrong, (truth[items] + 1) % 3, truth[items])
    priors = np.full((60, 3), np.nan)
    priors[::2] = [log_prior_of({str(name): 0.9}, 0.9, CODES) for name in
                   np.array(["4", "7", "9"])[truth[::2]]]  # fmt: skip
    return VoteTable(items, labelers, codes, 60, np.array([5, 6]), 3, log_priors=priors)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_one_ballot_alone_says_what_the_table_says(method: str) -> None:
    table = voted()
    fit = METHODS[method].fit(table)
    rows = fit.posteriors(table)
    for item in (0, 1):
        mine = table.items == item
        prior = None if item else table.log_priors[0]  # type: ignore[index]
        keys = table.labeler_keys[table.labelers[mine]].tolist()
        alone = fit.posterior(keys, table.codes[mine].tolist(), log_prior=prior)
        assert alone == pytest.approx(rows[item])
    assert fit.posteriors_of(table, np.array([1, 0])) == pytest.approx(rows[[1, 0]])


def test_opinions_tell_labelers_apart_who_share_few_items() -> None:
    table = voted()
    alone = VoteTable(
        table.items[::2], table.labelers[::2], table.codes[::2], 60, table.labeler_keys, 3
    )
    with_model = replace(alone, log_priors=table.log_priors)
    method = METHODS["dawid_skene"]
    assert method.fit(with_model).skill(5).estimate > method.fit(alone).skill(5).estimate


def test_priors_of_another_shape_are_refused() -> None:
    with pytest.raises(ValueError, match="priors"):
        replace(voted(), log_priors=np.zeros((60, 4)))


def test_the_model_is_a_part_of_the_odds() -> None:
    table = voted()
    fit = METHODS["dawid_skene"].fit(table)
    prior = log_prior_of({"9": 0.95}, 0.9, CODES)
    found = explain(fit, [5], [0], None, prior)
    rows = fit.posterior([5], [0], log_prior=prior)
    assert found is not None
    odds = np.log(rows[found.best] / rows[found.rival])
    assert found.prior + sum(found.votes) == pytest.approx(odds)


def test_many_opinions_at_once_are_read_as_one_by_one() -> None:
    codes = {"a": 0, "b": 1, "c": 2}
    opinions: list[tuple[dict[str, float], float]] = [
        ({"a": 0.7, "b": 0.3}, 0.9),
        ({"a": 0.6}, 0.95),
        ({"b": 0.5, "gone": 0.5}, 0.4),
        ({"a": 0.8, "b": 0.4}, 0.9),
        ({"gone": 1.0}, 0.9),
        ({"a": 1.0}, 0.0),
        ({}, 0.0),
    ]
    rows = log_priors_of(opinions, codes)
    for row, (shares, weight) in zip(rows, opinions, strict=True):
        alone = log_prior_of(shares, weight, codes)
        if alone is None:
            assert np.isnan(row).all()
        else:
            np.testing.assert_allclose(row, alone, rtol=1e-12)
