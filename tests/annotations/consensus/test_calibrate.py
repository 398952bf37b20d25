"""Confidence that means what it says."""

from __future__ import annotations

import numpy as np
import pytest

from annotations.consensus import CANDIDATES, DEFAULT_METHOD
from annotations.consensus.calibrate import (
    apply_temperature,
    calibration_error,
    fit_temperature,
    reliability,
)
from annotations.consensus.choose import fit_chosen
from tests.annotations.consensus.crowd_sets import CrowdSet, load_set


def drawn(n: int, sharpness: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Posteriors stated `sharpness` times too sharply, and classes drawn from the true ones."""
    random = np.random.default_rng(seed)
    true = apply_temperature(random.dirichlet([0.6, 0.6, 0.6], n), 1.0)
    codes = np.array([random.choice(3, p=row) for row in true])
    return apply_temperature(true, 1.0 / sharpness), codes


def test_an_overconfident_posterior_is_cooled_to_the_truth() -> None:
    calibration = fit_temperature(*drawn(2000, sharpness=3.0))
    assert calibration.temperature == pytest.approx(3.0, rel=0.15)
    assert calibration.error_after < 0.5 * calibration.error_before


def test_an_honest_posterior_is_left_alone() -> None:
    assert fit_temperature(*drawn(2000, sharpness=1.0)).temperature == pytest.approx(1.0, abs=0.1)
    assert fit_temperature(*drawn(2000, sharpness=0.5)).temperature == 1.0


def test_a_handful_of_items_cannot_move_it() -> None:
    posteriors, codes = drawn(2, sharpness=1.5)
    assert fit_temperature(posteriors, codes).temperature == 1.0


def test_without_known_items_the_temperature_is_one() -> None:
    calibration = fit_temperature(np.zeros((0, 3)), np.zeros(0, dtype=np.int32))
    assert (calibration.temperature, calibration.items) == (1.0, 0)


def test_the_error_is_the_gap_between_confidence_and_accuracy() -> None:
    confidence = np.array([0.95, 0.95, 0.95, 0.95, 0.55, 0.55])
    right = np.array([True, True, False, False, True, False])
    bars = reliability(confidence, right)
    assert [bar.items for bar in bars] == [2, 4]
    assert calibration_error(confidence, right) == pytest.approx((4 * 0.45 + 2 * 0.05) / 6)


@pytest.mark.parametrize("name", ["zencrowd_in", "weather_amt", "bluebird"])
def test_fifty_gold_items_mend_the_confidence_on_a_real_crowd(name: str) -> None:
    crowd = load_set(name)
    errors = [error_with_gold(crowd, seed) for seed in range(3)]
    raw, calibrated = np.mean(errors, axis=0)
    assert calibrated < min(raw, 0.1)


def error_with_gold(crowd: CrowdSet, seed: int) -> tuple[float, float]:
    """Calibration error on the other gold items, without and with the temperature."""
    order = np.random.default_rng(seed).permutation(len(crowd.gold_items))
    gold, rest = order[:50], order[50:]
    known = (crowd.gold_items[gold], crowd.gold_codes[gold])
    fit, _ = fit_chosen(crowd.votes, known, CANDIDATES, default=DEFAULT_METHOD)
    posteriors = fit.with_temperature(1.0).posteriors_of(crowd.votes, crowd.gold_items[rest])
    right = posteriors.argmax(axis=1) == crowd.gold_codes[rest]
    cooled = apply_temperature(posteriors, fit.temperature)
    return tuple(calibration_error(p.max(axis=1), right) for p in (posteriors, cooled))


def test_one_surprise_among_a_handful_does_not_spoil_all_confidence() -> None:
    posteriors = np.array([[0.9999, 0.0001], [0.99, 0.01]])
    assert fit_temperature(posteriors, np.array([1, 0])).temperature == 1.0
