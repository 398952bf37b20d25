"""Several labels per item, contradicting pairs, and a model among the voters."""

from __future__ import annotations

import json

import numpy as np
import pytest

from annotations.consensus import METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.model_voter import MODEL_KEY, add_model_votes, model_ballot
from annotations.consensus.multi_label import MultiLabelFit, fit_multi_label
from annotations.consensus.transitivity import PairVerdict, find_contradictions
from tests.annotations.consensus.multi_label_votes import multi_label_votes, simulated

SKILLS = (0.95, 0.9, 0.7, 0.6, 0.6)


def verdict_sets(fit: MultiLabelFit, answers: list[list[int]], n: int) -> list[tuple[int, ...]]:
    keys = list(range(n))
    return [fit.merge(keys, answers[i : i + n]).codes for i in range(0, len(answers), n)]


def test_skilled_labelers_outvote_the_many() -> None:
    votes, truth = simulated(200, 6, SKILLS)
    fit = fit_multi_label(votes)
    found = np.zeros_like(truth)
    for item, codes in enumerate(verdict_sets(fit, list(votes.choices), len(SKILLS))):
        found[item, list(codes)] = True
    shares = votes.chosen().reshape(200, len(SKILLS), 6).mean(axis=1) > 0.5
    assert (found == truth).mean() > (shares == truth).mean() + 0.03


def test_skill_is_measured_over_all_labels() -> None:
    votes, _ = simulated(200, 6, SKILLS)
    fit = fit_multi_label(votes)
    estimates = [fit.skill(key).estimate for key in range(len(SKILLS))]
    assert np.allclose(estimates, SKILLS, atol=0.06)


def test_unanimous_sets_win() -> None:
    votes = multi_label_votes([[0, 2]] * 3 + [[]] * 3 + [[1]] * 3, n_labels=3, n_labelers=3)
    fit = fit_multi_label(votes)
    assert verdict_sets(fit, list(votes.choices), 3) == [(0, 2), (), (1,)]


def test_a_known_set_is_learned_from() -> None:
    votes, truth = simulated(60, 4, (0.3, 0.3, 0.9))
    known = {item: np.flatnonzero(truth[item]).tolist() for item in range(50)}
    assert fit_multi_label(votes, known=known).skill(0).estimate < 0.5


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[0, 2\)"):
        multi_label_votes([[5]], n_labels=2).binary()


def test_a_multi_label_fit_survives_json() -> None:
    votes, _ = simulated(30, 3, SKILLS)
    fit = fit_multi_label(votes)
    back = MultiLabelFit.from_json(json.loads(json.dumps(fit.to_json())))
    assert back.merge([0, 9], [[1], []]).probability.tobytes() == (
        fit.merge([0, 9], [[1], []]).probability.tobytes()
    )


def test_a_contradiction_names_its_chain_and_the_link_to_review() -> None:
    pairs = [
        PairVerdict("A", "B", 0.99),
        PairVerdict("B", "C", 0.6),
        PairVerdict("A", "C", 0.05),
        PairVerdict("C", "D", 0.1),
    ]
    (found,), count = find_contradictions(pairs)
    assert (found.chain, count) == (("A", "B", "C"), 1)
    assert found.review == pairs[1]


def test_pairs_that_fit_together_are_no_contradiction() -> None:
    same = [PairVerdict("A", "B", 0.9), PairVerdict("C", "D", 0.9), PairVerdict("A", "C", 0.1)]
    assert find_contradictions(same) == ([], 0)


def crowd_with_model(accuracy: float) -> tuple[VoteTable, np.ndarray, np.ndarray]:
    """400 items, two weak votes each, and a model of this accuracy."""
    random = np.random.default_rng(5)
    truth = random.integers(0, 4, 400)
    labelers = np.argsort(random.random((400, 8)), axis=1)[:, :2]
    right = random.random((400, 2)) < 0.65
    codes = np.where(right, truth[:, None], random.integers(0, 4, (400, 2)))
    votes = VoteTable(
        np.repeat(np.arange(400), 2), labelers.ravel(), codes.ravel(), 400, np.arange(8) + 1, 4
    )
    guess = np.where(random.random(400) < accuracy, truth, random.integers(0, 4, 400))
    return votes, truth, np.full((400, 4), 0.05) + 0.8 * np.eye(4)[guess]


def test_a_good_model_raises_the_consensus_and_a_poor_one_does_not_spoil_it() -> None:
    scores = {}
    for accuracy in (0.85, 0.25):
        votes, truth, probabilities = crowd_with_model(accuracy)
        joined = add_model_votes(votes, probabilities, np.ones(400, dtype=bool))
        fits = [METHODS["one_coin_flat"].fit(table) for table in (votes, joined)]
        scores[accuracy] = [
            (fit.verdicts(table).codes == truth).mean()
            for fit, table in zip(fits, (votes, joined), strict=True)
        ]
    assert scores[0.85][1] > scores[0.85][0] + 0.05
    assert scores[0.25][1] > scores[0.25][0] - 0.04


def test_a_model_does_not_vote_on_what_it_was_trained_on_nor_alone() -> None:
    votes = VoteTable([0, 1], [0, 0], [1, 1], 3, [5], 2)
    joined = add_model_votes(votes, np.full((3, 2), 0.5), np.array([True, False, True]))
    mine = joined.labeler_keys[joined.labelers] == MODEL_KEY
    assert joined.items[mine].tolist() == [0, 0]
    assert joined.vote_weights()[mine].sum() == 1.0


def test_a_models_ballot_is_one_vote_in_fractions() -> None:
    codes, weights = model_ballot([0.7, 0.29, 0.01])
    assert codes == [0, 1]
    assert sum(weights) == pytest.approx(1.0)
