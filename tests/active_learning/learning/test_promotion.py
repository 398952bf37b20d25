"""A better challenger is promoted, a worse one never, and each veto blocks."""

import dataclasses

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar

from active_learning.learning.promotion import Contender, compare, mcnemar_p

CLASSES = tuple("0123456789")


def contender(truth: np.ndarray, right: np.ndarray, labels: int = 500) -> Contender:
    """As sure as it is right; the truth where `right`, else the next class."""
    said = np.where(right, truth, (truth + 1) % 10)
    sure = right.mean() - 1e-3
    rows = np.full((len(truth), 10), (1 - sure) / 9)
    rows[np.arange(len(truth)), said] = sure
    return Contender(rows, labels)


def rivals(
    old: float, new: float, seed: int, count: int = 300, labels: int = 500
) -> tuple[Contender, Contender, np.ndarray]:
    """Two models of these accuracies whose errors mostly coincide, as those of relatives do."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 10, count)
    hardness = rng.random(count)
    jitter = rng.normal(0, 0.02, (2, count))
    first = contender(truth, hardness + jitter[0] < old)
    return first, contender(truth, hardness + jitter[1] < new, labels), truth


def test_p_value_is_that_of_statsmodels() -> None:
    two_sided = mcnemar([[50, 12], [5, 40]], exact=True).pvalue
    assert mcnemar_p(12, 5) == pytest.approx(two_sided / 2)
    assert mcnemar_p(0, 0) == 1


def test_three_points_better_is_promoted_in_most_trials() -> None:
    verdicts = [compare(*rivals(0.90, 0.93, seed), CLASSES).decision for seed in range(40)]
    assert verdicts.count("promote") >= 28


def test_three_points_worse_is_never_promoted() -> None:
    verdicts = [compare(*rivals(0.93, 0.90, seed), CLASSES).decision for seed in range(40)]
    assert "promote" not in verdicts


def test_an_equal_with_many_more_labels_is_promoted_and_without_is_kept() -> None:
    few = [compare(*rivals(0.93, 0.93, seed, 2000), CLASSES).decision for seed in range(10)]
    many = [compare(*rivals(0.93, 0.93, s, 2000, 700), CLASSES).decision for s in range(10)]
    assert few.count("promote") <= 3
    assert many.count("promote") >= 7


def test_a_lost_class_blocks_a_better_challenger() -> None:
    truth = np.repeat(np.arange(10), 30)
    old = np.arange(300) % 5 != 0
    new = np.ones(300, bool)
    new[:12] = False
    old[:12] = True
    verdict = compare(contender(truth, old), contender(truth, new), truth, CLASSES)
    assert verdict.decision == "block"
    assert "'0'" in verdict.reasons[1]
    assert verdict.difference > 0


def test_a_lost_critical_item_blocks() -> None:
    champion, challenger, truth = rivals(0.8, 0.95, 0)
    right = challenger.probabilities.argmax(axis=1) == truth
    lost = np.flatnonzero(~right)[:1]
    sure = contender(truth, np.ones(300, bool))
    champion = dataclasses.replace(champion, probabilities=champion.probabilities.copy())
    champion.probabilities[lost] = sure.probabilities[lost]
    critical = np.isin(np.arange(300), lost)
    assert compare(champion, challenger, truth, CLASSES).decision == "promote"
    verdict = compare(champion, challenger, truth, CLASSES, critical)
    assert (verdict.decision, verdict.reasons[1]) == ("block", "1 critical item is wrong now")


def test_worse_calibration_or_twice_the_time_blocks() -> None:
    champion, challenger, truth = rivals(0.8, 0.9, 0)
    vague = challenger.probabilities * 0.3 + 0.07
    assert compare(champion, Contender(vague, 500), truth, CLASSES).decision == "block"
    slow, quick = (dataclasses.replace(challenger, seconds=s) for s in (2.1, 1.9))
    timed = dataclasses.replace(champion, seconds=1.0)
    assert compare(timed, slow, truth, CLASSES).decision == "block"
    assert compare(timed, quick, truth, CLASSES).decision == "promote"


def test_an_empty_holdout_proves_nothing() -> None:
    nothing = Contender(np.zeros((0, 10)), 500)
    verdict = compare(nothing, nothing, np.zeros(0, int), CLASSES)
    assert not verdict.tested and "too few to compare" in verdict.reasons[0]


def test_on_few_items_the_newer_labels_win_unless_they_seem_to_do_harm() -> None:
    decisions = [
        [compare(*rivals(old, new, seed, 50), CLASSES).decision for seed in range(20)]
        for old, new in ((0.8, 0.85), (0.9, 0.6))
    ]
    assert decisions[0].count("promote") >= 18 and "promote" not in decisions[1]


def test_no_test_is_made_before_enough_items_are_new() -> None:
    champion, challenger, truth = rivals(0.80, 0.95, 0)
    verdict = compare(champion, challenger, truth, CLASSES, fresh=False)
    assert (verdict.decision, verdict.tested) == ("keep", False)


def test_pinned_items_block_but_are_no_evidence() -> None:
    champion, challenger, truth = rivals(0.80, 0.95, 0)
    counted = np.arange(300) < 250
    right = challenger.probabilities.argmax(axis=1) == truth
    spared = ~counted & right
    verdict = compare(champion, challenger, truth, CLASSES, critical=spared, counted=counted)
    assert (verdict.decision, verdict.items) == ("promote", 250)


def test_a_challenger_of_shuffled_labels_is_never_promoted() -> None:
    for seed in range(20):
        champion, challenger, truth = rivals(0.95, 0.87, seed, 300, 700)
        assert compare(champion, challenger, truth, CLASSES).decision != "promote"
