"""Softmax regression and principal components agree with scikit-learn's."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from active_learning.learning import principal_components, softmax_regression
from active_learning.learning.kernel_machine import PENALTY, train_machine
from active_learning.learning.softmax_regression import INTERCEPT_PENALTY


def digits(count: int = 150) -> tuple[np.ndarray, np.ndarray]:
    data = load_digits()
    return data.data[:count] / 16, data.target[:count]


@pytest.mark.parametrize("strength", [0.1, 3.0])
def test_hard_targets_give_scikit_learns_regression(strength: float) -> None:
    vectors, labels = digits()
    weights = np.random.default_rng(0).uniform(0.2, 1, len(labels))
    own = softmax_regression.fit(vectors, np.eye(10)[labels], weights, strength)
    # A constant column makes scikit-learn hold the intercept back as we do.
    constant = np.full((len(labels), 1), INTERCEPT_PENALTY**-0.5)
    widened = np.hstack([vectors, constant])
    theirs = LogisticRegression(C=strength, fit_intercept=False, tol=1e-8, max_iter=2000)
    theirs.fit(widened, labels, weights)
    expected = theirs.predict_proba(widened)
    np.testing.assert_allclose(own.probabilities(vectors), expected, atol=2e-3)


def test_a_soft_target_is_two_weighted_hard_ones() -> None:
    vectors, labels = digits(40)
    soft = np.eye(10)[labels] * 0.7 + 0.3 * np.eye(10)[(labels + 1) % 10]
    ones = np.ones(40)
    own = softmax_regression.fit(vectors, soft, ones, 1.0)
    doubled = softmax_regression.fit(
        np.concatenate([vectors, vectors]),
        np.eye(10)[np.concatenate([labels, (labels + 1) % 10])],
        np.concatenate([ones * 0.7, ones * 0.3]),
        1.0,
    )
    np.testing.assert_allclose(own.coefficients, doubled.coefficients, atol=2e-3)


def test_a_class_without_example_stays_possible() -> None:
    vectors, labels = digits(40)
    model = softmax_regression.fit(vectors, np.eye(12)[labels], np.ones(40), 1.0)
    assert model.probabilities(vectors)[:, 10:].min() > 1e-5


def test_noise_asks_for_a_weaker_model() -> None:
    vectors, labels = digits(300)
    folds = softmax_regression.make_folds(labels, [None] * 300, 3, 0)
    wrong = np.where(np.random.default_rng(0).random(300) < 0.4, (labels + 3) % 10, labels)
    strengths = [
        softmax_regression.choose_strength(vectors, np.eye(10)[said], np.ones(300), folds).strength
        for said in (labels, wrong)
    ]
    assert strengths[1] < strengths[0]


def test_out_of_fold_rows_come_from_models_that_did_not_see_them() -> None:
    vectors, labels = digits(90)
    folds = softmax_regression.make_folds(labels, [None] * 90, 3, 0)
    choice = softmax_regression.choose_strength(vectors, np.eye(10)[labels], np.ones(90), folds)
    labels[0] = (labels[0] + 5) % 10
    other = softmax_regression.choose_strength(vectors, np.eye(10)[labels], np.ones(90), folds)
    if other.strength == choice.strength:
        assert other.out_of_fold[0] == pytest.approx(choice.out_of_fold[0])
    np.testing.assert_allclose(choice.out_of_fold.sum(axis=1), 1)


def test_folds_keep_groups_together_and_classes_even() -> None:
    labels = np.arange(60) % 10
    folds = softmax_regression.make_folds(labels, [None] * 60, 3, 0)
    for digit in range(10):
        assert np.bincount(folds[labels == digit], minlength=3).tolist() == [2, 2, 2]
    groups = [f"writer {index % 7}" for index in range(60)]
    folds = softmax_regression.make_folds(labels, groups, 3, 0)
    for writer in set(groups):
        assert len({folds[i] for i in range(60) if groups[i] == writer}) == 1
    assert set(folds) == {0, 1, 2}


def test_components_span_those_of_scikit_learn() -> None:
    vectors = load_digits().data.astype(np.float32)
    own = principal_components.fit(vectors, 20, seed=0)
    projected = own.project(vectors)
    theirs = PCA(20, svd_solver="full").fit(vectors)
    kept = projected.var(axis=0).sum() / (projected[:, 0].var() / theirs.explained_variance_[0])
    assert kept == pytest.approx(theirs.explained_variance_.sum(), rel=0.01)
    assert float((projected**2).mean()) == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize("shape", [(1, 50), (2, 50), (30, 3)])
def test_few_vectors_give_few_components(shape: tuple[int, int]) -> None:
    vectors = np.random.default_rng(0).random(shape, np.float32)
    axes = principal_components.fit(vectors, 20, seed=0).axes
    assert axes.shape == (shape[1], min(shape))
    assert np.isfinite(axes).all()


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_kernel_machine_votes_as_libsvm(classes: int) -> None:
    data = load_digits(n_class=classes)
    vectors = data.data.astype(np.float32) / 16
    seen, left = slice(0, 120), slice(120, 320)
    own = train_machine(vectors[seen], np.eye(classes)[data.target[seen]], np.ones(120), 0.2)
    theirs = SVC(C=PENALTY, gamma=0.2).fit(vectors[seen], data.target[seen])
    votes = own.votes(vectors[left])
    assert (votes.argmax(axis=1) == theirs.predict(vectors[left])).mean() > 0.99
    if classes > 2:
        np.testing.assert_allclose(votes, theirs.decision_function(vectors[left]), atol=0.01)


def test_kernel_machine_puts_absent_classes_last() -> None:
    vectors, labels = digits(40)
    targets = np.zeros((40, 12))
    targets[np.arange(40), labels] = 1
    votes = train_machine(vectors.astype(np.float32), targets, np.ones(40), 0.2)
    assert (votes.votes(vectors[:5].astype(np.float32)).argmin(axis=1) >= 10).all()
