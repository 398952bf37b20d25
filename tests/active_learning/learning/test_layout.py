"""The map puts like next to like, and the same way each time."""

from __future__ import annotations

import numpy as np
import pytest

from active_learning.learning import layout
from active_learning.learning.layout import FULL, kept_neighbours, lay_out


def islands(count: int, kinds: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of a few kinds that are far apart, and the kind of each."""
    rng = np.random.default_rng(1)
    kind = np.arange(count) % kinds
    centres = rng.normal(size=(kinds, 12)) * 8
    return (centres[kind] + rng.normal(size=(count, 12))).astype(np.float32), kind


def purity(places: np.ndarray, kind: np.ndarray) -> float:
    """Share of points whose nearest point is of their kind."""
    flat = places.astype(float)
    apart = ((flat[:, None] - flat[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return float((kind[apart.argmin(axis=1)] == kind).mean())


def test_like_lies_next_to_like_and_the_same_each_time() -> None:
    vectors, kind = islands(240)
    found = lay_out(vectors, np.arange(240))
    assert found.places.min() == 0 and found.places.max() == FULL
    assert purity(found.places, kind) > 0.97
    assert kept_neighbours(vectors, found.places) > 0.4
    assert (lay_out(vectors, np.arange(240)).places == found.places).all()


def test_those_that_are_no_landmarks_are_put_among_their_like(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors, kind = islands(400)
    monkeypatch.setattr(layout, "LANDMARKS", 120)
    found = lay_out(vectors, np.random.default_rng(2).permutation(400))
    assert found.landmarks == 120
    assert purity(found.places, kind) > 0.95


def test_next_to_nothing_has_a_place_too() -> None:
    assert lay_out(np.zeros((0, 4), np.float32), np.zeros(0, np.int64)).places.shape == (0, 2)
    assert lay_out(np.ones((1, 4), np.float32), np.arange(1)).places.shape == (1, 2)
    same = lay_out(np.ones((12, 4), np.float32), np.arange(12))
    assert np.isfinite(same.places).all()
