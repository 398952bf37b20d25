"""Figures about predictions agree with scikit-learn, SciPy and statsmodels."""

import json

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, log_loss, recall_score
from statsmodels.stats.proportion import proportion_confint

from active_learning.learning import metrics


def predictions(count: int = 200, classes: int = 4) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(classes), count)
    truth = np.where(rng.random(count) < 0.6, probabilities.argmax(axis=1), rng.integers(classes))
    return probabilities, truth


def test_confusion_recall_and_loss_are_scikit_learns() -> None:
    probabilities, truth = predictions()
    guessed = probabilities.argmax(axis=1)
    confused = metrics.confusion(probabilities, truth)
    assert (confused == confusion_matrix(truth, guessed, labels=range(4))).all()
    expected = recall_score(truth, guessed, average=None, labels=range(4))
    np.testing.assert_allclose(metrics.recall_per_class(confused), expected)
    loss = metrics.cross_entropy(probabilities, np.eye(4)[truth])
    assert loss == pytest.approx(log_loss(truth, probabilities, labels=range(4)))


@pytest.mark.parametrize(("hits", "count"), [(1, 3), (45, 50), (117, 120)])
def test_jeffreys_interval_is_that_of_statsmodels(hits: int, count: int) -> None:
    expected = proportion_confint(hits, count, method="jeffreys")
    assert metrics.jeffreys_interval(hits, count) == pytest.approx(expected)


def test_interval_reaches_the_ends() -> None:
    assert metrics.jeffreys_interval(0, 9)[0] == 0
    assert metrics.jeffreys_interval(9, 9)[1] == 1


def test_calibration_error_of_honest_and_boastful_predictions() -> None:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.5, 1, 20_000)
    truth = (rng.random(20_000) > sure).astype(int)
    honest = np.stack([sure, 1 - sure], axis=1)
    assert metrics.expected_calibration_error(honest, truth) < 0.02
    boastful = np.tile([1.0, 0.0], (20_000, 1))
    assert metrics.expected_calibration_error(boastful, truth) == pytest.approx(truth.mean())


def test_report_of_absent_classes_is_valid_json() -> None:
    probabilities, truth = predictions(10, 3)
    figures = metrics.report(probabilities, np.eye(3)[np.minimum(truth, 1)], ("a", "b", "c"))
    assert figures["recall"]["c"] is None
    assert figures["low"] < figures["accuracy"] < figures["high"]
    json.dumps(figures, allow_nan=False)
    assert metrics.report(probabilities[:0], np.eye(3)[:0], ("a", "b", "c")) == {"count": 0}
