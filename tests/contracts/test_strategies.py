"""Every query strategy: one finite score per item, repeatable, whatever the order of the pool."""

import dataclasses

import numpy as np
import pytest

from active_learning.learning.errors import UnknownName
from active_learning.learning.strategies import STRATEGIES, find_strategy
from active_learning.learning.strategies.base import Pool, serving_order

every = pytest.mark.parametrize("name", sorted(STRATEGIES))


def make_pool(count: int = 60, classes: int = 5, seed: int = 0) -> Pool:
    rng = np.random.default_rng(seed)
    return Pool(
        ids=rng.permutation(count * 3)[:count].astype(np.int64),
        probabilities=rng.dirichlet(np.full(classes, 0.5), count).astype(np.float32),
        features=rng.standard_normal((count, 8)).astype(np.float32),
        samples=rng.dirichlet(np.full(classes, 0.5), (4, count)).astype(np.float32),
        labeled=np.arange(count) < count // 6,
        batch=10,
    )


@every
def test_one_finite_score_per_item(name: str) -> None:
    scores = STRATEGIES[name].score(make_pool())
    assert scores.shape == (60,)
    assert np.isfinite(scores).all()


@every
@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_pools(name: str, count: int) -> None:
    assert len(STRATEGIES[name].score(make_pool(count))) == count


@every
def test_scoring_again_gives_the_same(name: str) -> None:
    first, second = (STRATEGIES[name].score(make_pool()) for _ in range(2))
    assert (first == second).all()


@every
def test_order_of_the_pool_does_not_matter(name: str) -> None:
    pool = make_pool()
    order = np.random.default_rng(1).permutation(len(pool))
    straight, mixed = STRATEGIES[name].score(pool), STRATEGIES[name].score(pool.part(order))
    np.testing.assert_allclose(mixed, straight[order], rtol=1e-5)


@every
@pytest.mark.parametrize("row", [[1.0, 0.0, 0.0], [1 / 3, 1 / 3, 1 / 3]])
def test_equal_predictions_do_no_harm(name: str, row: list[float]) -> None:
    pool = make_pool(30)
    equal = np.tile(np.float32(row), (30, 1))
    same = dataclasses.replace(pool, probabilities=equal, samples=np.stack([equal, equal]))
    assert np.isfinite(STRATEGIES[name].score(same)).all()


@every
def test_equal_pictures_do_no_harm(name: str) -> None:
    pool = dataclasses.replace(make_pool(30), features=np.ones((30, 8), np.float32))
    assert np.isfinite(STRATEGIES[name].score(pool)).all()


@every
def test_says_what_it_needs(name: str) -> None:
    strategy = STRATEGIES[name]
    bare = Pool(ids=np.arange(5))
    if strategy.needs:
        with pytest.raises(ValueError, match="needs"):
            strategy.score(bare)
    else:
        assert len(strategy.score(bare)) == 5
    assert strategy.name == name


@pytest.mark.parametrize("name", ["typiclust", "cluster_margin", "badge", "k_centre"])
def test_batches_are_whole_distinct_and_without_labeled_items(name: str) -> None:
    pool = make_pool()
    scores = STRATEGIES[name].score(pool)
    picked = scores > 1
    assert picked.sum() == pool.batch
    assert not (picked & pool.labeled).any()
    assert len(set(scores[picked])) == pool.batch


@pytest.mark.parametrize("name", ["typiclust", "cluster_margin", "badge", "k_centre"])
def test_a_pool_smaller_than_the_batch_is_picked_whole(name: str) -> None:
    pool = dataclasses.replace(make_pool(7), labeled=None)
    assert (STRATEGIES[name].score(pool) > 1).all()


def test_unknown_strategy_is_refused() -> None:
    with pytest.raises(UnknownName, match="known: uniform"):
        find_strategy("oracle")


def test_uniform_is_even_and_depends_on_the_seed() -> None:
    ids = np.arange(20_000)
    one = STRATEGIES["uniform"].score(Pool(ids=ids))
    two = STRATEGIES["uniform"].score(Pool(ids=ids, seed=1))
    assert np.abs(np.histogram(one, 10, (0, 1))[0] - 2000).max() < 200
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.03
    assert abs(np.corrcoef(one[1:], one[:-1])[0, 1]) < 0.03


def test_uniform_score_of_an_item_ignores_its_neighbours() -> None:
    alone = STRATEGIES["uniform"].score(Pool(ids=np.array([17])))
    among = STRATEGIES["uniform"].score(Pool(ids=np.array([3, 17, 5])))
    assert alone[0] == among[1]


@pytest.mark.parametrize(
    ("name", "first"), [("margin", 1), ("least_confidence", 2), ("entropy", 2)]
)
def test_uncertain_first_each_in_its_way(name: str, first: int) -> None:
    rows = [[0.9, 0.05, 0.05], [0.49, 0.47, 0.04], [0.42, 0.30, 0.28]]
    pool = Pool(ids=np.arange(3), probabilities=np.float32(rows))
    assert serving_order(pool.ids, STRATEGIES[name].score(pool))[0] == first


def test_ties_are_served_by_rising_id() -> None:
    order = serving_order(np.array([9, 4, 7]), np.array([0.5, 0.5, 0.9]))
    assert order.tolist() == [2, 1, 0]
