"""What each query strategy is for, shown on pools where one can see it; scikit-activeml agrees."""

import dataclasses

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

from active_learning.learning.clustering import k_means
from active_learning.learning.strategies import STRATEGIES
from active_learning.learning.strategies.base import Pool, serving_order
from active_learning.learning.strategies.k_centre import KCentre
from active_learning.learning.strategies.phased import Phased
from active_learning.learning.strategies.typiclust import TypiClust


def blobs(sizes: list[int], spread: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    """Clouds of points along a line, so many in each; and which cloud each is in."""
    rng = np.random.default_rng(0)
    which = np.repeat(np.arange(len(sizes)), sizes)
    return which[:, None] * np.array([10.0, 0.0]) + rng.normal(0, spread, (len(which), 2)), which


def digit_pool(labeled: int = 60, count: int = 500) -> tuple[Pool, np.ndarray, LogisticRegression]:
    """Digits with a model that saw the first few; features are pixels, in 0..1."""
    data = load_digits()
    vectors, truth = data.data[:count] / 16, data.target[:count]
    model = LogisticRegression(max_iter=500).fit(vectors[:labeled], truth[:labeled])
    return (
        Pool(
            ids=np.arange(count),
            probabilities=model.predict_proba(vectors),
            features=vectors,
            labeled=np.arange(count) < labeled,
            batch=10,
        ),
        truth,
        model,
    )


def picked(name: str, pool: Pool) -> list[int]:
    """Indices served first, up to the batch, without labeled ones."""
    order = serving_order(pool.ids, STRATEGIES[name].score(pool))
    return [int(i) for i in order if pool.labeled is None or not pool.labeled[i]][: pool.batch]


def test_margin_and_k_centre_pick_as_scikit_activeml() -> None:
    from skactiveml.classifier import SklearnClassifier
    from skactiveml.pool import CoreSet, UncertaintySampling

    pool, truth, _ = digit_pool()
    said = np.where(pool.labeled, truth.astype(float), np.nan)
    learner = SklearnClassifier(LogisticRegression(max_iter=500), classes=range(10))
    theirs = UncertaintySampling(method="margin_sampling", random_state=0).query(
        pool.features, said, learner, batch_size=10
    )
    assert picked("margin", pool) == theirs.tolist()
    core = CoreSet(random_state=0).query(pool.features, said, batch_size=10)
    assert picked("k_centre", pool) == core.tolist()


def test_badge_draws_like_built_gradients() -> None:
    """The first pick and the distances equal those of embeddings built in full."""
    pool, _, _ = digit_pool()
    errors = pool.probabilities.copy()
    errors[np.arange(len(pool)), errors.argmax(axis=1)] -= 1
    built = (errors[:, :, None] * pool.features[:, None]).reshape(len(pool), -1)
    lengths = np.where(pool.labeled, -1, (built**2).sum(axis=1))
    picks = picked("badge", pool)
    assert picks[0] == lengths.argmax()
    spread = np.linalg.norm(built[picks][:, None] - built[picks][None], axis=2)
    assert spread[np.triu_indices(10, 1)].min() > 0.2 * spread.max()


def test_typiclust_asks_once_in_every_cloud_and_largest_first() -> None:
    features, which = blobs([40, 90, 15, 60])
    pool = Pool(ids=np.arange(len(which)), features=features, batch=4)
    assert which[picked("typiclust", pool)].tolist() == [1, 3, 0, 2]


def test_typiclust_prefers_the_middle_and_clouds_without_a_label() -> None:
    features, which = blobs([60, 60])
    pool = Pool(ids=np.arange(120), features=features, labeled=which == 5, batch=1)
    first = picked("typiclust", pool)[0]
    centre = features[which == which[first]].mean(axis=0)
    distance = np.linalg.norm(features[which == which[first]] - centre, axis=1)
    assert np.linalg.norm(features[first] - centre) < np.quantile(distance, 0.4)
    other = dataclasses.replace(pool, labeled=np.arange(120) == first)
    assert which[picked("typiclust", other)[0]] != which[first]


def test_typiclust_finds_more_digits_than_chance() -> None:
    data = load_digits()
    pool = Pool(ids=np.arange(1797), features=data.data.astype(np.float32), batch=20)
    assert len(set(data.target[picked("typiclust", pool)])) == 10


def test_typiclust_looks_at_a_sample_of_a_large_pool() -> None:
    features = np.random.default_rng(0).standard_normal((9000, 3)).astype(np.float32)
    picks = TypiClust().pick(Pool(ids=np.arange(9000), features=features, batch=30))
    assert len(set(picks)) == 30


def test_cluster_margin_is_uncertain_and_spread() -> None:
    features, which = blobs([200, 20, 20])
    doubt = np.where(which == 0, 0.5, 0.52)  # the large cloud is a little more uncertain
    probabilities = np.stack([doubt, 1 - doubt], axis=1)
    pool = Pool(np.arange(240), probabilities, features, batch=30)
    assert set(which[picked("cluster_margin", pool)]) == {0, 1, 2}
    assert set(which[picked("margin", pool)]) == {0}


def test_k_centre_restricted_to_typical_items_leaves_outliers() -> None:
    features, _ = blobs([60, 60, 1])
    features[-1] = (5, 400)
    pool = Pool(np.arange(121), features=features, labeled=np.arange(121) < 1, batch=2)
    assert 120 in picked("k_centre", pool)
    assert 120 not in KCentre(typical=0.5).pick(pool)


def test_bald_prefers_disagreement_to_common_doubt() -> None:
    unsure, torn = [[0.5, 0.5]] * 4, [[1.0, 0.0], [0.0, 1.0]] * 2
    samples = np.stack([unsure, torn], axis=1)
    scores = STRATEGIES["bald"].score(Pool(np.arange(2), samples=samples))
    assert scores == pytest.approx([0, np.log(2)])


@pytest.mark.parametrize(
    ("labels", "classes", "phase"),
    [
        (0, 10, "typiclust"),
        (19, 10, "typiclust"),
        (20, 10, "cluster_margin"),
        (399, 10, "cluster_margin"),
        (400, 10, "margin"),
        (90, 40, "k_centre"),
        (200, 40, "margin"),
    ],
)
def test_default_goes_through_its_phases(labels: int, classes: int, phase: str) -> None:
    pool = Pool(np.arange(5), np.full((5, classes), 1 / classes), np.ones((5, 2)))
    assert Phased().phase(dataclasses.replace(pool, label_count=labels)).name == phase


def test_default_without_a_model_asks_typical_items() -> None:
    pool = Pool(np.arange(5), features=np.ones((5, 2)), label_count=5000)
    assert Phased().phase(pool).name == "typiclust"


def test_k_means_finds_the_clouds_and_survives_equal_points() -> None:
    features, which = blobs([30, 30, 30])
    clusters = k_means(features, 3, seed=1)
    assert len({(a, b) for a, b in zip(clusters.labels, which, strict=True)}) == 3
    same = k_means(np.ones((9, 2)), 4, seed=0)
    assert same.distances.max() == 0
