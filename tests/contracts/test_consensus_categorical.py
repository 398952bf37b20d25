"""What every categorical consensus method owes, whatever the votes."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.consensus import METHODS
from annotations.consensus.base import VoteTable
from annotations.consensus.fit import CategoricalFit
from annotations.consensus.labeler_model import WIDE_CLASSES

every_method = pytest.mark.parametrize("name", sorted(METHODS))
fast = settings(max_examples=25, deadline=None, derandomize=True)


@st.composite
def tables(draw: st.DrawFn, *, min_votes: int = 0) -> VoteTable:
    """Any legal table: repeated votes, labelers without votes, items without votes, weights."""
    n_items, n_labelers = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    n_classes = draw(st.sampled_from([1, 2, 3, 5, WIDE_CLASSES + 7, 1000]))
    vote = st.tuples(
        st.integers(0, n_items - 1), st.integers(0, n_labelers - 1), st.integers(0, n_classes - 1)
    )
    votes = draw(st.lists(vote, min_size=min_votes, max_size=40))
    weights = None
    if draw(st.booleans()):
        weights = np.array(draw(st.lists(st.sampled_from([0.0, 0.25, 1.0, 3.0]),
                                         min_size=len(votes), max_size=len(votes))))  # fmt: skip
    items, labelers, codes = (np.array(part, dtype=np.int32) for part in _columns(votes))
    keys = np.array(draw(st.permutations(range(100, 100 + n_labelers))), dtype=np.int64)
    return VoteTable(items, labelers, codes, n_items, keys, n_classes, weights)


def _columns(votes: list[tuple[int, int, int]]) -> list[list[int]]:
    return [list(part) for part in zip(*votes, strict=True)] if votes else [[], [], []]


def _shuffled(votes: VoteTable, seed: int) -> VoteTable:
    random = np.random.default_rng(seed)
    order, place = random.permutation(len(votes)), random.permutation(votes.n_labelers)
    keys = np.empty_like(votes.labeler_keys)
    keys[place] = votes.labeler_keys
    return VoteTable(
        votes.items[order],
        place[votes.labelers[order]].astype(np.int32),
        votes.codes[order],
        votes.n_items,
        keys,
        votes.n_classes,
        None if votes.weights is None else votes.weights[order],
    )


@every_method
@fast
@given(votes=tables())
def test_any_legal_votes_give_probabilities(name: str, votes: VoteTable) -> None:
    posteriors = METHODS[name].fit(votes).posteriors(votes)
    assert posteriors.shape == (votes.n_items, votes.n_classes)
    assert np.isfinite(posteriors).all() and (posteriors >= 0).all()
    np.testing.assert_allclose(posteriors.sum(axis=1), 1.0, atol=1e-9)


@every_method
@fast
@given(votes=tables(min_votes=2), seed=st.integers(0, 99))
def test_votes_in_any_order_give_the_same_bits(name: str, votes: VoteTable, seed: int) -> None:
    fit, other = METHODS[name].fit(votes), METHODS[name].fit(_shuffled(votes, seed))
    assert fit.to_json() == other.to_json()
    assert fit.posteriors(votes).tobytes() == other.posteriors(_shuffled(votes, seed)).tobytes()


@every_method
@fast
@given(votes=tables(min_votes=1))
def test_one_ballot_scores_as_the_whole_table_does(name: str, votes: VoteTable) -> None:
    fit = METHODS[name].fit(votes)
    posteriors = fit.posteriors(votes)
    mine = votes.items == votes.items[0]
    weights = None if votes.weights is None else votes.weights[mine].tolist()
    keys = votes.labeler_keys[votes.labelers[mine]].tolist()
    alone = fit.posterior(keys, votes.codes[mine].tolist(), weights)
    np.testing.assert_allclose(alone, posteriors[votes.items[0]], atol=1e-9)


@every_method
@fast
@given(votes=tables(min_votes=1), data=st.data())
def test_a_ballot_in_any_order_gives_the_same_bits(
    name: str, votes: VoteTable, data: st.DataObject
) -> None:
    fit = METHODS[name].fit(votes)
    ballot = list(
        zip(votes.labeler_keys[votes.labelers].tolist(), votes.codes.tolist(), strict=True)
    )
    mixed = data.draw(st.permutations(ballot))
    first = fit.posterior([k for k, _ in ballot], [c for _, c in ballot])
    second = fit.posterior([k for k, _ in mixed], [c for _, c in mixed])
    assert first.tobytes() == second.tobytes()


@every_method
@fast
@given(
    truth=st.lists(st.integers(0, 2), min_size=1, max_size=12),
    n_labelers=st.integers(1, 5),
    n_classes=st.sampled_from([3, 10, 1000]),
)
def test_unanimous_votes_win(name: str, truth: list[int], n_labelers: int, n_classes: int) -> None:
    items = np.repeat(np.arange(len(truth)), n_labelers)
    labelers = np.tile(np.arange(n_labelers), len(truth))
    votes = VoteTable(
        items, labelers, np.repeat(truth, n_labelers), len(truth), np.arange(n_labelers), n_classes
    )
    assert METHODS[name].fit(votes).verdicts(votes).codes.tolist() == truth


@every_method
@fast
@given(votes=tables())
def test_a_fit_survives_json_with_exact_floats(name: str, votes: VoteTable) -> None:
    fit = METHODS[name].fit(votes).with_temperature(1.7, note="kept")
    back = CategoricalFit.from_json(json.loads(json.dumps(fit.to_json())))
    assert back.to_json() == fit.to_json()
    assert back.posteriors(votes).tobytes() == fit.posteriors(votes).tobytes()


@every_method
@fast
@given(votes=tables(min_votes=1))
def test_a_known_item_is_certain(name: str, votes: VoteTable) -> None:
    item, code = int(votes.items[0]), votes.n_classes - 1
    known = ([item], [code])
    fit = METHODS[name].fit(votes, known=known)
    assert fit.posteriors(votes, known=known)[item, code] == 1.0
    verdicts = fit.verdicts(votes, known=known)
    assert (verdicts.codes[item], verdicts.confidence[item]) == (code, 1.0)


@every_method
def test_a_refit_from_the_last_fit_is_shorter_and_agrees(name: str) -> None:
    votes = _simulated(400, 12, 4, seed=1)
    cold = METHODS[name].fit(votes)
    warm = METHODS[name].fit(votes, start=cold)
    assert warm.iterations < max(cold.iterations, 3)
    assert (warm.verdicts(votes).codes == cold.verdicts(votes).codes).mean() > 0.99


@every_method
def test_a_thousand_classes_and_labelers_are_fine(name: str) -> None:
    votes = _simulated(2000, 1000, 1000, seed=2)
    verdicts = METHODS[name].fit(votes).verdicts(votes)
    # Ten votes a labeler cannot fill a full confusion matrix: there the textbook method is weak.
    least = 0.5 if name == "dawid_skene_full" else 0.9
    assert (verdicts.codes == _truth(2000, 1000, seed=2)).mean() > least


@every_method
def test_an_unknown_labeler_counts_as_the_pool(name: str) -> None:
    votes = _simulated(400, 12, 4, seed=3)
    fit = METHODS[name].fit(votes)
    stranger = fit.posterior([987654321], [2])
    assert stranger.argmax() == 2
    assert 0.25 < stranger[2] < 1.0
    assert fit.skill(987654321).n_votes == 0


@every_method
def test_an_unknown_parameter_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no_such_thing"):
        METHODS[name].fit(_simulated(3, 2, 2, seed=0), params={"no_such_thing": 1})


def _truth(n_items: int, n_classes: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, n_classes, n_items)


def _simulated(n_items: int, n_labelers: int, n_classes: int, seed: int) -> VoteTable:
    """Five votes an item by labelers of skill 0.6 to 0.95."""
    truth = _truth(n_items, n_classes, seed)
    random = np.random.default_rng(seed + 1)
    per_item = min(5, n_labelers)
    labelers = np.argsort(random.random((n_items, n_labelers)), axis=1)[:, :per_item].ravel()
    items = np.repeat(np.arange(n_items), per_item)
    skill = random.uniform(0.6, 0.95, n_labelers)
    right = random.random(len(items)) < skill[labelers]
    codes = np.where(right, truth[items], random.integers(0, n_classes, len(items)))
    return VoteTable(items, labelers, codes, n_items, np.arange(n_labelers) + 10, n_classes)
