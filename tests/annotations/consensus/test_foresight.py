"""Votes yet to come, foreseen from those that are there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from annotations.consensus import METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.foresight import (
    Coming,
    Heard,
    Rule,
    foresee_votes,
    remaining_by_rate,
)
from annotations.consensus.replay import replay_stop_rule
from tests.annotations.consensus.crowd_sets import load_set
from tests.annotations.consensus.test_stop import skilled_fit


def first_votes(votes: VoteTable, most: int) -> VoteTable:
    """The first votes on each item alone."""
    order = np.argsort(votes.items, kind="stable")
    first = np.searchsorted(votes.items[order], np.arange(votes.n_items))
    mine = np.sort(order[np.arange(len(order)) - first[votes.items[order]] < most])
    return replace(
        votes, items=votes.items[mine], labelers=votes.labelers[mine], codes=votes.codes[mine]
    )


def alike(votes: VoteTable) -> np.ndarray:
    return np.asarray([
        next(iter(codes)) if len(codes := set(votes.codes[votes.items == item])) == 1 else -1
        for item in range(votes.n_items)
    ])  # fmt: skip


def test_a_sure_item_asks_for_nothing_and_one_at_the_cap_cannot() -> None:
    fit, rule = skilled_fit(), Rule(0.9, 2, 3)
    sure, split = [0.99, 0.005, 0.005], [0.5, 0.49, 0.01]
    coming = foresee_votes(
        fit, np.asarray([sure, split]), np.asarray([2, 3]), np.asarray([0, -1]), rule
    )
    assert coming.more.tolist() == [0.0, 0.0]
    assert coming.settled.tolist() == [1.0, 0.0]


def test_votes_that_all_agree_settle_at_the_cap() -> None:
    coming = foresee_votes(
        skilled_fit(), np.asarray([[0.6, 0.2, 0.2]]), np.asarray([2]), np.asarray([0]),
        Rule(1.0, 2, 2),
    )  # fmt: skip
    assert coming.settled.tolist() == [1.0]


def test_good_labelers_need_fewer_votes_and_a_higher_goal_more() -> None:
    def votes(skill: float, goal: float) -> float:
        fit = skilled_fit(skill)
        prior = fit.posterior([], [])[None, :]
        none = np.zeros(1, dtype=np.int32)
        return float(
            foresee_votes(fit, prior, none, none - 2, Rule(goal, 1, 12), draws=500).more[0]
        )

    assert votes(0.95, 0.95) < votes(0.7, 0.95)
    assert votes(0.8, 0.8) < votes(0.8, 0.99)


def test_the_same_seed_foresees_the_same() -> None:
    fit = skilled_fit()
    posteriors = np.full((5, 3), 1 / 3)
    arguments = fit, posteriors, np.ones(5, dtype=np.int32), np.zeros(5, int), Rule(0.95, 2, 6)
    assert np.array_equal(foresee_votes(*arguments).more, foresee_votes(*arguments).more)


@pytest.mark.parametrize(("name", "seen"), [("rte", 3), ("weather_amt", 6), ("web", 3)])
def test_what_is_foreseen_is_near_what_real_labelers_then_gave(name: str, seen: int) -> None:
    """From the first votes on each item alone, against the replay of all of them."""
    crowd = load_set(name)
    available = np.bincount(crowd.votes.items, minlength=crowd.votes.n_items)
    most = int(np.median(available))
    method, rule = METHODS["dawid_skene"], Rule(0.95, 2, most)
    few = first_votes(crowd.votes, seen)
    fit = method.fit(few)
    have = np.bincount(few.items, minlength=few.n_items).astype(np.int32)
    early = replay_stop_rule(few, method, 0.95, least=2, most=most)
    more = foresee_votes(fit, fit.posteriors(few), have, alike(few), rule).more
    foreseen = float((early.used + np.where(early.stopped, 0.0, more)).mean())
    real = float(replay_stop_rule(crowd.votes, method, 0.95, least=2, most=most).used.mean())
    assert foreseen == pytest.approx(real, rel=0.3)


def test_rates_of_stopping_are_those_of_kaplan_and_meier() -> None:
    # Of four items one stops at 2; of the two seen at 3 one stops; at 4, the cap, nothing is left.
    rest = remaining_by_rate([2, 2, 3, 3], [True, False, True, False], least=2, most=4)
    assert rest[4] == 0.0 and rest[3] == 1.0
    assert rest[2] == pytest.approx(1 + (1 - 1 / 2) * 1)


def test_nothing_known_means_the_cap() -> None:
    assert remaining_by_rate([], [], least=2, most=5)[0] == 5.0


# --- a model that has a say ----------------------------------------------------------------------


def seconded(said: int, voted: int | None) -> Coming:
    """One item at 99 % for class 0 after one vote, of a rule that wants two."""
    votes = np.zeros((1, 3), dtype=bool)
    if voted is not None:
        votes[0, voted] = True
    return foresee_votes(
        skilled_fit(), np.asarray([[0.99, 0.005, 0.005]]), np.asarray([1]), np.asarray([0]),
        Rule(0.9, 2, 2), heard=Heard(np.asarray([said], dtype=np.int32), votes),
    )  # fmt: skip


def test_a_model_that_agrees_stands_for_a_vote_in_the_forecast() -> None:
    assert seconded(said=0, voted=0).more.tolist() == [0.0]
    assert seconded(said=-1, voted=0).more.tolist() == [1.0]
    assert seconded(said=1, voted=0).more.tolist() == [1.0]


def test_what_only_a_model_said_asks_on_in_the_forecast() -> None:
    assert seconded(said=0, voted=1).more.tolist() == [1.0]


def test_a_replay_asks_for_a_vote_less_where_the_model_agrees() -> None:
    random = np.random.default_rng(0)
    truth = random.integers(0, 2, 60)
    right = random.random((60, 4)) < 0.9
    codes = np.where(right, truth[:, None], 1 - truth[:, None]).ravel()
    items, labelers = np.repeat(np.arange(60), 4), np.tile(np.arange(4), 60)
    alone = VoteTable(items, labelers, codes, 60, np.arange(4), 2)
    opinions = np.log(np.where(np.arange(2) == truth[:, None], 0.95, 0.05))
    opinions[30:] = np.nan
    heard = replace(alone, log_priors=opinions)
    method = METHODS["dawid_skene"]
    without, with_model = (
        replay_stop_rule(votes, method, 0.9, least=2, most=4) for votes in (alone, heard)
    )
    assert without.used.min() == 2
    assert with_model.used[:30].min() == 1 and with_model.used[30:].min() == 2
    assert with_model.votes_used < without.votes_used
    # The first vote against the model never ends it.
    against = codes.reshape(60, 4)[:30, 0] != truth[:30]
    assert against.any() and (with_model.used[:30][against] > 1).all()
