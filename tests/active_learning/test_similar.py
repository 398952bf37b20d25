"""More like this: the pictures nearest by stored features, of the same dataset alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.actions.features import features_folder
from active_learning.learning.feature_store import FeatureStore
from active_learning.learning.nearest import largest_store, nearest
from tests import factories

Make = Callable[..., Any]


def test_the_nearest_are_those_of_a_full_search(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    vectors = rng.normal(size=(9_000, 16)).astype(np.float32)  # more than one piece
    hashes = [f"{number:064x}" for number in range(9_000)]
    FeatureStore(tmp_path, "hog-a", 16).add(hashes, vectors)
    store = largest_store(tmp_path)
    assert store is not None and store.length == 16
    kept = vectors.astype(np.float16).astype(np.float32)
    unit = kept / np.linalg.norm(kept, axis=1, keepdims=True)
    alike = unit @ unit[8_500]
    alike[8_500] = -2
    expected = [hashes[place] for place in np.argsort(-alike)[:12]]
    assert [near.sha256 for near in nearest(store, hashes[8_500], 12)] == expected
    assert nearest(store, "f" * 64, 3) == []


def test_an_encoder_comes_before_edges_where_both_know_all(tmp_path: Path) -> None:
    for name, length in (("hog-a", 4), ("encoder-b", 3)):
        FeatureStore(tmp_path, name, length).add(["1" * 64], np.ones((1, length), np.float32))
    store = largest_store(tmp_path)
    assert store is not None and store.length == 3
    assert largest_store(tmp_path / "nowhere") is None


@pytest.mark.django_db
def test_similar_items_are_listed_the_most_alike_first(
    make_client: Make, settings: Any, tmp_path: Path
) -> None:
    settings.FEATURES_DIR = tmp_path / "features"
    dataset = factories.dataset(items=4)
    client = make_client(dataset.created_by)
    one, two, three, gone = dataset.items.order_by("pk")
    address = f"/api/v1/items/{one.pk}/similar/"
    assert client.get(address).json() == {"computed": False, "results": []}
    store = FeatureStore(features_folder(dataset.pk), "hog-test", 2)
    vectors = np.array([[1, 0], [0.1, 1], [1, 0.1], [1, 0.01]], np.float32)
    store.add([one.sha256, two.sha256, three.sha256, gone.sha256], vectors)
    gone.delete()
    results = client.get(address).json()["results"]
    assert [row["item"]["id"] for row in results] == [three.pk, two.pk]
    assert results[0]["similarity"] > 0.99
    assert client.get(address, {"count": "0"}).status_code == 400
