"""When asking for votes ends, and what that saves."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.consensus import METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.replay import replay_stop_rule
from annotations.consensus.stop import StopRule, answers_stand, decide
from tests.annotations.consensus.crowd_sets import load_set


def skilled_fit(skill: float = 0.9, n_classes: int = 3, method: str = "one_coin") -> CategoricalFit:
    """Five labelers who are right with this probability on 400 items."""
    random = np.random.default_rng(0)
    truth = random.integers(0, n_classes, 400)
    right = random.random((400, 5)) < skill
    codes = np.where(right, truth[:, None], random.integers(0, n_classes, (400, 5)))
    items, labelers = np.repeat(np.arange(400), 5), np.tile(np.arange(5), 400)
    return METHODS[method].fit(
        VoteTable(items, labelers, codes.ravel(), 400, np.arange(5), n_classes)
    )


def test_one_sure_vote_is_not_enough_for_two_labelers() -> None:
    decision = decide(skilled_fit(0.99), [0], [1], StopRule(confidence=0.9, least=2, most=5))
    assert decision.outcome == "open"
    assert decision.code == 1


def test_two_votes_of_one_labeler_are_one_labeler() -> None:
    decision = decide(skilled_fit(0.99), [0, 0], [1, 1], StopRule(confidence=0.9))
    assert decision.outcome == "open"


def test_agreeing_labelers_settle_an_item() -> None:
    decision = decide(skilled_fit(), [0, 1, 2], [1, 1, 1], StopRule(confidence=0.99))
    assert decision.outcome == "settled"
    assert decision.confidence >= 0.99


def test_disagreement_asks_on_and_is_disputed_at_the_cap() -> None:
    fit, rule = skilled_fit(), StopRule(confidence=0.99, most=4)
    assert decide(fit, [0, 1], [1, 2], rule).outcome == "open"
    assert decide(fit, [0, 1, 2, 3], [1, 2, 2, 1], rule).outcome == "disputed"


def test_asking_ends_early_where_no_run_of_votes_could_settle() -> None:
    fit = skilled_fit(0.6)
    decision = decide(fit, [0, 1, 2, 3], [1, 2, 1, 2], StopRule(confidence=0.99, most=5))
    assert decision.outcome == "disputed"
    assert "not even 1 more" in decision.reason


def test_without_a_confidence_a_decided_majority_is_not_asked_on() -> None:
    fit, rule = skilled_fit(method="majority"), StopRule(confidence=None, least=2, most=5)
    assert decide(fit, [0, 1, 2], [1, 1, 1], rule).outcome == "settled"
    assert decide(fit, [0, 1, 2], [1, 1, 2], rule).outcome == "open"
    assert decide(fit, [0, 1, 2, 3, 4], [1, 1, 2, 2, 0], rule).outcome == "disputed"
    assert decide(fit, [0, 1, 2, 3, 4], [1, 1, 2, 2, 1], rule).outcome == "settled"


@pytest.mark.parametrize(
    "values",
    [{"confidence": 0.0}, {"confidence": 1.1}, {"least": 0}, {"least": 6, "most": 5}],
)
def test_an_impossible_rule_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        StopRule(**values)


def test_an_answer_stands_when_the_votes_left_cannot_change_it() -> None:
    fit = skilled_fit()
    near, sure = fit.posterior([0], [1]), fit.posterior([0, 1, 2, 3, 4], [1] * 5)
    posteriors = np.stack([near, sure, near])
    assert answers_stand(fit, posteriors, np.array([1, 1, 0])).tolist() == [False, True, True]


def test_a_replay_saves_votes_where_redundancy_is_high() -> None:
    crowd = load_set("sentiment_amt")
    full = crowd.accuracy(METHODS["dawid_skene"].fit(crowd.votes).verdicts(crowd.votes).codes)
    known = (crowd.gold_items[:50], crowd.gold_codes[:50])
    replay = replay_stop_rule(crowd.votes, METHODS["dawid_skene"], 0.99, known=known)
    assert replay.votes_used < 0.66 * len(crowd.votes)
    assert crowd.accuracy(replay.verdicts.codes) > full - 1.0


def test_a_replay_never_asks_outside_its_bounds() -> None:
    crowd = load_set("web")
    replay = replay_stop_rule(crowd.votes, METHODS["majority"], 0.9, least=2, most=4)
    available = np.bincount(crowd.votes.items, minlength=crowd.votes.n_items)
    assert (replay.used >= np.minimum(available, 2)).all()
    assert (replay.used <= np.minimum(available, 4)).all()
