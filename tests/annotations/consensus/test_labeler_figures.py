"""Figures of labelers: the own vote never counts, habits are no skill, copies are seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from annotations.consensus import DEFAULT_METHOD, METHODS
from annotations.consensus.agreement import cohen_kappa
from annotations.consensus.base import VoteTable
from annotations.consensus.labeler_figures import (
    LEAST_COMPARED,
    Activity,
    Compared,
    Truths,
    labeler_figures,
    week_of,
)
from annotations.consensus.others import others_say
from annotations.consensus.pairs import (
    alpha_interval,
    beyond_chance,
    class_pairs,
    copying,
    kappa_interval,
)
from tests.annotations.consensus.crowd_sets import CrowdSet, load_set

RNG = np.random.default_rng(3)
DAY = 86_400.0


def crowd(
    skills: list[float], *, items: int = 300, classes: int = 4, seed: int = 0
) -> tuple[VoteTable, np.ndarray]:
    """Everybody answers every item, right with their own skill."""
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, items)
    codes = []
    for skill in skills:
        right = random.random(items) < skill
        other = (truth + random.integers(1, classes, items)) % classes
        codes.append(np.where(right, truth, other))
    count = len(skills)
    table = VoteTable(
        np.tile(np.arange(items), count),
        np.repeat(np.arange(count), items),
        np.concatenate(codes),
        items,
        np.arange(count) + 10,
        classes,
    )
    return table, truth


def figures_of(votes: VoteTable, **more: object) -> dict[int, dict]:
    fit = METHODS[DEFAULT_METHOD].fit(votes)
    said = others_say(fit, votes, np.ones(len(votes), dtype=bool))
    judged = said.codes >= 0
    alike = (said.codes == votes.codes)[judged]
    nothing = np.full(len(votes), np.nan)
    return labeler_figures(
        Activity(votes.labeler_keys, votes.labelers, np.zeros(len(votes)), nothing),
        Compared(
            votes.labelers[judged],
            np.zeros(int(judged.sum())),
            alike.astype(float),
            alike,
            votes.codes[judged],
            said.codes[judged],
        ),
        **more,
    )


# --- the others ------------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [4, 60])
def test_the_others_say_what_their_ballot_alone_would(classes: int) -> None:
    votes, _ = crowd([0.9, 0.7, 0.6, 0.3], items=40, classes=classes)
    counted = np.ones(len(votes), dtype=bool)
    counted[votes.labelers == 3] = False
    fit = METHODS[DEFAULT_METHOD].fit(votes)
    said = others_say(fit, votes, counted)
    for vote in range(len(votes)):
        others = (votes.items == votes.items[vote]) & counted
        others[vote] = False
        posterior = fit.posterior(
            votes.labeler_keys[votes.labelers[others]].tolist(), votes.codes[others].tolist()
        )
        if said.codes[vote] >= 0:
            assert posterior[said.codes[vote]] == pytest.approx(posterior.max())
            assert said.confidence[vote] == pytest.approx(posterior.max())


def test_a_lone_vote_and_a_tie_are_compared_with_nothing() -> None:
    fit = METHODS["majority"].fit(VoteTable([0], [0], [0], 1, [1], 2))
    votes = VoteTable([0, 1, 1, 1], [0, 0, 1, 2], [0, 0, 1, 0], 2, [1, 2, 3], 2)
    said = others_say(fit, votes, np.ones(4, dtype=bool))
    assert said.codes.tolist() == [-1, -1, 0, -1]


def test_parts_that_begin_within_an_item_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    votes, _ = crowd([0.9, 0.7, 0.6], items=50)
    fit, counted = METHODS[DEFAULT_METHOD].fit(votes), np.ones(len(votes), dtype=bool)
    whole = others_say(fit, votes, counted)
    monkeypatch.setattr("annotations.consensus.others.CHUNK", 60)
    parts = others_say(fit, votes, counted)
    assert (whole.codes == parts.codes).all()


# --- pairs -----------------------------------------------------------------------------------


def test_kappa_is_cohens_and_its_interval_is_near_the_large_sample_one() -> None:
    votes, _ = crowd([0.8, 0.7])
    first, second = votes.codes[votes.labelers == 0], votes.codes[votes.labelers == 1]
    kappa, low, high = kappa_interval(first, second, 4)
    known = cohen_kappa(votes, 10, 11)
    assert kappa == pytest.approx(cohen_kappa_score(first, second))
    assert (low, high) == (pytest.approx(known.low, abs=0.02), pytest.approx(known.high, abs=0.02))


def test_a_pair_with_few_common_items_gets_no_kappa() -> None:
    votes, _ = crowd([0.9, 0.9], items=29)
    (pair,) = class_pairs(votes, [0, 1])
    assert pair.common == 29
    assert np.isnan(pair.kappa)
    votes, _ = crowd([0.9, 0.9], items=30)
    (pair,) = class_pairs(votes, [0, 1])
    assert pair.low <= pair.kappa <= pair.high


def test_agreement_by_distance_is_none_at_chance_and_full_without_distance() -> None:
    assert beyond_chance(np.zeros(50), 0.6)[0] == 1.0
    assert beyond_chance(np.full(50, 0.6), 0.6)[0] == pytest.approx(0.0)
    assert np.isnan(beyond_chance(np.zeros(5), float("nan"))[0])
    alpha, low, high = alpha_interval([np.array([0.1]), np.array([0.3])] * 20, [2, 2] * 20, 0.8)
    assert alpha == pytest.approx(1 - 0.2 / 0.8)
    assert low <= alpha <= high


# --- one labeler -----------------------------------------------------------------------------


def test_always_the_same_answer_is_worth_nothing_however_often_it_is_right() -> None:
    votes, truth = crowd([0.9, 0.9, 0.9, 0.9])
    mostly = np.where(np.arange(len(truth)) % 10 > 0, 0, truth)  # class 0 is right nearly always
    codes = np.where(
        np.random.default_rng(1).random(len(votes)) < 0.9, mostly[votes.items], votes.codes
    )
    codes[votes.labelers == 3] = 0
    rows = figures_of(replace(votes, codes=codes.astype(np.int32)))
    assert rows[13]["agreement"]["estimate"] > 0.85
    assert rows[13]["worth"] == pytest.approx(0.0)
    assert min(rows[key]["worth"] for key in (10, 11, 12)) > 0.2


def test_few_compared_answers_rank_nobody() -> None:
    votes, _ = crowd([0.9, 0.9, 0.9], items=LEAST_COMPARED - 1)
    assert {row["worth"] for row in figures_of(votes).values()} == {None}


def test_the_confusion_matrix_counts_answers_by_what_is_true() -> None:
    votes, _ = crowd([0.9, 0.9])
    truths = Truths(
        np.array([0, 0, 0, 1], np.int32),
        np.array([1, 1, 0, 0], np.int32),
        np.array([0, 0, 0, 1], np.int32),
    )
    rows = figures_of(votes, truths=truths, names=["a", "b", "c", "d"])
    assert rows[10]["confusion"] == [["a", "a", 1], ["a", "b", 2]]
    assert rows[11]["confusion"] == [["b", "a", 1]]


def test_weeks_begin_on_mondays_and_drift_compares_the_latest_with_all_before() -> None:
    monday = 4 * DAY  # 5 January 1970
    assert week_of(np.array([monday - 1, monday, monday + 7 * DAY - 1])).tolist() == [0, 1, 1]
    seconds = np.repeat([monday, monday + 7 * DAY], 100)
    likeness = np.concatenate([np.ones(100), np.arange(100) % 2])
    labelers = np.zeros(200, np.int32)
    (row,) = labeler_figures(
        Activity(np.array([7]), labelers, seconds, np.full(200, 1500.0)),
        Compared(labelers, seconds, likeness, likeness > 0.5, expected=0.5),
    ).values()
    assert [week["week"] for week in row["weeks"]] == ["1970-01-05", "1970-01-12"]
    assert [week["agreement"]["estimate"] for week in row["weeks"]] == [1.0, 0.5]
    assert row["drift"]["estimate"] == pytest.approx(-0.5)
    assert row["drift"]["high"] < -0.3
    assert row["median_ms"] == 1500


def test_pauses_are_no_work() -> None:
    seconds = np.array([0, 10, 20, 30, 30 + 3600, 40 + 3600.0])
    labelers = np.zeros(6, np.int32)
    none = np.zeros(0)
    (row,) = labeler_figures(
        Activity(np.array([1]), labelers, seconds, np.full(6, np.nan)),
        Compared(np.zeros(0, np.int32), none, none, none > 0, expected=0.5),
    ).values()
    assert row["per_hour"] == 360.0
    assert row["agreement"]["estimate"] is row["worth"] is row["drift"] is None


# --- copying ---------------------------------------------------------------------------------


def test_whoever_repeats_anothers_answers_is_found_and_the_other_is_not() -> None:
    votes, _ = crowd([0.7, 0.9, 0.9, 0.8, 0.7])
    codes = votes.codes.copy()
    codes[votes.labelers == 4] = codes[votes.labelers == 0]
    votes = replace(votes, codes=codes)
    found = copying(votes, votes.labelers.astype(float), range(5))
    assert [(copy.copier, copy.source) for copy in found] == [(14, 10)]
    assert found[0].low > 0.5
    rows = figures_of(votes, copies=found)
    assert min(rows, key=lambda key: rows[key]["worth"]) == 14
    assert rows[14]["copies"]["source"] == 10


def test_good_labelers_agree_and_copy_nobody() -> None:
    votes, _ = crowd([0.95] * 6)
    assert copying(votes, np.arange(len(votes)).astype(float), range(6)) == []


def test_two_who_always_give_one_answer_copy_nobody() -> None:
    votes, _ = crowd([0.8, 0.8, 0.8, 0.8, 0.8])
    codes = votes.codes.copy()
    codes[votes.labelers >= 3] = 0
    assert copying(replace(votes, codes=codes), np.arange(len(votes)) * 1.0, range(5)) == []


# --- spammers among real labelers ------------------------------------------------------------

USEFUL = 0.3  # kappa with gold from which a labeler of the set is certainly none themselves


def with_spammers(votes: VoteTable, seed: int) -> tuple[VoteTable, set[int]]:
    """Turn labelers with a fifth of the votes into random and first-answer clickers and copiers."""
    random = np.random.default_rng(seed)
    codes = votes.codes.copy()
    source = random.integers(0, votes.n_classes, votes.n_items)  # the copiers share one
    order = random.permutation(votes.n_labelers)
    counts = np.bincount(votes.labelers, minlength=votes.n_labelers)
    enough = int(np.searchsorted(np.cumsum(counts[order]), 0.2 * len(votes))) + 1
    for number, labeler in enumerate(order[:enough]):
        mine = votes.labelers == labeler
        clicks = random.integers(0, votes.n_classes, int(mine.sum()))
        codes[mine] = (clicks, 0, source[votes.items[mine]])[number % 3]
    return replace(votes, codes=codes), set(votes.labeler_keys[order[:enough]].tolist())


def useful_labelers(crowd_set: CrowdSet) -> set[int]:
    """Labelers of a set who agree with its gold clearly better than by chance."""
    gold = np.full(crowd_set.votes.n_items, -1)
    gold[crowd_set.gold_items] = crowd_set.gold_codes
    found = set()
    for index, key in enumerate(crowd_set.votes.labeler_keys.tolist()):
        mine = (crowd_set.votes.labelers == index) & (gold[crowd_set.votes.items] >= 0)
        own, true = crowd_set.votes.codes[mine], gold[crowd_set.votes.items[mine]]
        if len(own) >= LEAST_COMPARED and cohen_kappa_score(own, true) >= USEFUL:
            found.add(key)
    return found


def ranks(votes: VoteTable) -> dict[int, float]:
    copies = copying(votes, np.arange(len(votes)) * 1.0, range(min(60, votes.n_labelers)))
    rows = figures_of(votes, copies=copies)
    return {key: row["worth"] for key, row in rows.items() if row["worth"] is not None}


@pytest.mark.parametrize(
    "name", ["bluebird", "rte", "sentiment_amt", "weather_amt", "web", "zencrowd_in"]
)
def test_spammers_rank_behind_useful_labelers(name: str) -> None:
    """Real sets have spammers of their own, so who is useful is told by gold."""
    crowd_set = load_set(name)
    useful, in_order = useful_labelers(crowd_set), []
    for seed in range(4):
        votes, spammers = with_spammers(crowd_set.votes, seed)
        ranked = ranks(votes)
        bad = np.array([ranked[key] for key in spammers & ranked.keys()])
        good = np.array([ranked[key] for key in (useful & ranked.keys()) - spammers])
        in_order += (bad[:, None] < good[None, :]).ravel().tolist()
    assert len(in_order) > 50
    assert np.mean(in_order) >= 0.95, f"{np.mean(in_order):.3f} of the pairs are in order"
