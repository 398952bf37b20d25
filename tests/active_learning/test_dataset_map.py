"""The map of a dataset: drawn by a job, served as one document, coloured by what is known."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.actions.dataset_map import (
    NONE,
    OTHER,
    colours_of,
    draw_map,
    items_of,
    map_files,
    points_of,
)
from active_learning.actions.features import features_folder
from active_learning.learning.feature_store import FeatureStore
from active_learning.models import DatasetMap
from annotations.models import Dataset, Item, Task
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def drawn(settings: Any, tmp_path: Path) -> Dataset:
    """A dataset of 24 items whose features are of two kinds; the last item has none."""
    settings.FEATURES_DIR = tmp_path / "features"
    dataset = factories.dataset(items=24)
    items = list(dataset.items.order_by("pk"))[:23]
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(23, 8)).astype(np.float32)
    vectors[::2] += 9
    store = FeatureStore(features_folder(dataset.pk), "hog-test", 8)
    store.add([item.sha256 for item in items], vectors)
    return dataset


def test_the_map_holds_every_item_that_has_features(drawn: Dataset) -> None:
    row = draw_map(dataset=drawn)
    assert (row.items, row.skipped) == (23, 1)
    points = map_files(drawn.pk).read(row.sha256)
    assert len(points) == 12 * 23
    known = list(drawn.items.order_by("pk").values_list("pk", flat=True))
    assert items_of(points).tolist() == known[:23]


def test_drawing_again_gives_the_same_map_and_keeps_one_file(drawn: Dataset) -> None:
    first = draw_map(dataset=drawn).sha256
    assert draw_map(dataset=drawn).sha256 == first
    Item.objects.filter(dataset=drawn).order_by("pk")[0].delete()
    second = draw_map(dataset=drawn).sha256
    assert list(map_files(drawn.pk).names()) == [second] != [first]


def test_points_are_coloured_by_the_name_of_their_item() -> None:
    ids = np.array([7, 3, 5, 9])
    points = points_of(ids, np.zeros((4, 2), np.uint16))
    found = colours_of(points, [(3, "b"), (5, "a"), (7, ""), (9, "b"), (100, "c")])
    assert (found.names, found.counts) == (["a", "b"], [1, 2])
    assert list(found.codes) == [NONE, 1, 0, 1]
    many = colours_of(points_of(np.arange(90), np.zeros((90, 2), np.uint16)),
                      [(number, f"{number:03}") for number in range(90)])  # fmt: skip
    assert len(many.names) == 60 and list(many.codes).count(OTHER) == 30


def test_the_document_is_served_with_its_hash_and_not_sent_twice(
    drawn: Dataset, make_client: Make
) -> None:
    client = make_client(drawn.created_by)
    address = f"/api/v1/datasets/{drawn.pk}/map/"
    assert client.get(address).json()["made_at"] is None
    assert client.get(f"{address}points/").json()["code"] == "no_map"
    assert client.post(address).status_code == 202
    row = draw_map(dataset=drawn)
    assert client.get(address).json()["sha256"] == row.sha256
    answer = client.get(f"{address}points/")
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["ETag"] == f'"{row.sha256}"'
    assert len(answer.content) == 12 * row.items
    again = client.get(f"{address}points/", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    stranger = make_client(factories.user())
    assert stranger.get(f"{address}points/").status_code == 404


def test_colours_follow_the_order_of_the_points(drawn: Dataset, make_client: Make) -> None:
    row = draw_map(dataset=drawn)
    project = factories.project(on=drawn, manager=drawn.created_by)
    Item.objects.filter(dataset=drawn, pk__lt=drawn.items.order_by("pk")[5].pk).update(split="a")
    first = drawn.items.order_by("pk")[0]
    Task.objects.filter(project=project, item=first).update(label="7")
    client = make_client(drawn.created_by)
    address = f"/api/v1/datasets/{drawn.pk}/map/colours/"
    by_split = client.get(address, {"by": "split"}).json()
    assert (by_split["map"], by_split["names"], by_split["counts"]) == (row.sha256, ["a"], [5])
    assert base64.b64decode(by_split["codes"]) == bytes([0] * 5 + [NONE] * 18)
    by_label = client.get(address, {"by": "label", "project": project.pk}).json()
    assert (by_label["names"], by_label["counts"]) == (["7"], [1])
    assert client.get(address, {"by": "label"}).status_code == 400
    for what in ("group", "import", "status", "predicted"):
        assert client.get(address, {"by": what, "project": project.pk}).status_code == 200
    other = factories.project(manager=drawn.created_by)
    refused = client.get(address, {"by": "label", "project": other.pk})
    assert refused.json()["detail"] == "This project is about another dataset."


def test_a_map_whose_file_is_gone_counts_as_not_drawn(drawn: Dataset, make_client: Make) -> None:
    row = draw_map(dataset=drawn)
    map_files(drawn.pk).delete(row.sha256)
    told = make_client(drawn.created_by).get(f"/api/v1/datasets/{drawn.pk}/map/").json()
    assert told["made_at"] is None
    assert DatasetMap.objects.filter(pk=drawn.pk).exists()
