"""The curve through noisy points, what it promises, and when it advises to stop."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from active_learning.learning.learning_curve import (
    Estimate,
    Point,
    PowerLaw,
    fit_power_law,
    gain,
    labels_saved,
)
from active_learning.learning.stopping import advise, cohen_kappa

FAST, SLOW = PowerLaw(0.97, 3.0, 0.8), PowerLaw(0.97, 3.0, 0.6)


def measured(law: PowerLaw, count: int = 300, seed: int = 0) -> list[Point]:
    """A holdout of `count` items asked at ten sizes."""
    rng = np.random.default_rng(seed)
    sizes = np.geomspace(40, 800, 10)
    return [Point(size, rng.binomial(count, float(law.at(size))), count) for size in sizes]


def test_exact_points_give_the_law_back() -> None:
    points = [Point(n, float(FAST.at(n)) * 1e7, 1e7) for n in (30, 60, 120, 400, 900)]
    law = fit_power_law(points)
    sizes = np.array([50.0, 500, 3000])
    np.testing.assert_allclose(law.at(sizes), FAST.at(sizes), atol=0.005)


@pytest.mark.parametrize("accuracy", [0.5, 0.9, 0.95])
def test_labels_for_inverts_the_law(accuracy: float) -> None:
    assert float(FAST.at(FAST.labels_for(accuracy))) == pytest.approx(accuracy)
    assert FAST.labels_for(0.98) == float("inf")


def test_too_few_points_are_refused() -> None:
    with pytest.raises(ValueError, match="3 different"):
        fit_power_law([Point(20, 5, 10), Point(20, 6, 10), Point(40, 8, 10)])


@pytest.mark.parametrize("correct", [0, 10])
def test_flat_curves_stay_in_bounds(correct: int) -> None:
    law = fit_power_law([Point(n, correct, 10) for n in (20, 40, 80, 160)])
    assert 0 <= float(law.at(1000)) <= 1
    assert abs(float(law.at(1000) - law.at(160))) < 0.05


def test_labels_saved_covers_the_truth_in_most_draws() -> None:
    true = SLOW.labels_for(float(FAST.at(800))) - 800
    covered = 0
    for seed in range(12):
        saved = labels_saved(measured(FAST, seed=seed), measured(SLOW, seed=seed + 100))
        covered += saved.low <= true and (saved.high >= true or saved.open_ended)
    assert covered >= 10


def test_equal_curves_save_nothing_for_sure() -> None:
    saved = labels_saved(measured(SLOW, seed=1), measured(SLOW, seed=2))
    assert saved.low < 0 < saved.high


def test_expected_gain_shrinks_along_the_curve_and_has_an_interval() -> None:
    early = gain(measured(FAST)[:5], 100)
    late = gain(measured(FAST), 100)
    assert late.value < early.value
    assert late.low <= late.value <= late.high
    assert late.high < 0.02


def test_kappa_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    before = rng.integers(0, 4, 300)
    after = np.where(rng.random(300) < 0.8, before, rng.integers(0, 4, 300))
    assert cohen_kappa(before, after) == pytest.approx(cohen_kappa_score(before, after))
    assert cohen_kappa(np.ones(5, int), np.ones(5, int)) == 1


def test_advice_needs_stable_models_and_a_small_gain() -> None:
    little, much = Estimate(0.001, 0.0, 0.003), Estimate(0.001, 0.0, 0.03)
    assert advise([0.9, 0.99, 0.986, 0.99], little).stop
    for kappas, expected in [([0.99, 0.99], little), ([0.99, 0.97, 0.99], little)]:
        assert not advise(kappas, expected).stop
    assert not advise([0.99] * 3, much).stop
    assert not advise([0.99] * 3, None).stop
    assert not advise([0.99] * 3, little, label_error=0.08, target_error=0.05).stop


def test_advice_says_which_condition_is_missing() -> None:
    advice = advise([0.99] * 3, Estimate(0.01, 0.0, 0.03))
    assert advice.reasons[0].startswith("yes")
    assert advice.reasons[1] == "not yet: at most 3.0 points from the next hundred votes"
