"""One temperature makes boastful models honest, and is left alone where it cannot help."""

import numpy as np
import pytest

from active_learning.learning.calibration import calibrate, fit_temperature, tempered
from active_learning.learning.metrics import expected_calibration_error


def boastful(count: int, temperature: float = 2.5, seed: int = 0) -> tuple[np.ndarray, ...]:
    """Predictions sharpened by `temperature`, and labels drawn from the honest ones."""
    rng = np.random.default_rng(seed)
    honest = rng.dirichlet(np.full(6, 0.4), count)
    labels = np.array([rng.choice(6, p=row) for row in honest])
    return tempered(honest, 1 / temperature), np.eye(6)[labels], labels


def test_temperature_is_found_and_calibration_error_falls() -> None:
    said, targets, _ = boastful(3000)
    calibration = calibrate(said, targets)
    assert calibration.temperature == pytest.approx(2.5, rel=0.15)
    said, _, labels = boastful(3000, seed=1)
    before = expected_calibration_error(said, labels)
    assert expected_calibration_error(calibration.apply(said), labels) < before / 3


def test_few_labels_hold_the_temperature_back() -> None:
    said, targets, _ = boastful(30)
    free, held = (fit_temperature(said, targets, prior=prior) for prior in (0.0, 100.0))
    assert 1 < held < free


def test_no_labels_change_nothing() -> None:
    said, targets, _ = boastful(3)
    assert calibrate(said, targets).temperature == 1
    assert fit_temperature(said[:0], targets[:0]) == 1
    assert (calibrate(said, targets).apply(said) == said).all()


def test_an_honest_model_is_left_nearly_alone() -> None:
    said, targets, _ = boastful(400, temperature=1.0)
    assert calibrate(said, targets).temperature == pytest.approx(1, abs=0.1)


def test_order_of_classes_stays_and_zeros_do_no_harm() -> None:
    said = np.array([[1.0, 0.0, 0.0], [0.2, 0.5, 0.3]])
    assert (tempered(said, 3.0).argsort(axis=1)[1] == said.argsort(axis=1)[1]).all()
    np.testing.assert_allclose(tempered(said, 3.0).sum(axis=1), 1)
    assert np.isfinite(tempered(said, 0.1)).all()
