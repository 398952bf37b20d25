"""What learning keeps of items goes with them; models that learned from them are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.actions.dataset_map import draw_map, items_of, map_files
from active_learning.actions.duplicate_decisions import keep_one
from active_learning.actions.features import features_folder
from active_learning.actions.forget import forget_items
from active_learning.actions.snapshot import freeze_snapshot, snapshot_folder
from active_learning.learning.datasets.snapshot import read_snapshot
from active_learning.learning.feature_store import FeatureStore
from active_learning.learning.nearest import nearest
from active_learning.models import (
    DatasetFeatures,
    DatasetMap,
    DuplicateGroup,
    DuplicateMember,
    ModelVersion,
    RunEvent,
    TrainingRun,
)
from annotations.actions.takedown import Wanted, request_takedown
from annotations.models import Dataset, ItemTag, Takedown
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from tests import factories
from tests.active_learning.conftest import MakeProject

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen(settings: Any, tmp_path: Path) -> Dataset:
    """Twenty items with features of two kinds."""
    settings.FEATURES_DIR = tmp_path / "features"
    dataset = factories.dataset(items=20, owner=factories.admin())
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(20, 8)).astype(np.float32)
    hashes = [item.sha256 for item in dataset.items.order_by("pk")]
    for name in ("hog-test", "encoder-test"):
        FeatureStore(features_folder(dataset.pk), name, 8).add(hashes, vectors)
    last = dataset.items.order_by("pk").last()
    assert last is not None
    DatasetFeatures.objects.create(
        dataset=dataset, items=20, last_item=last.pk, encoder="e" * 64, pretrained_on=20
    )
    return dataset


def take_down(dataset: Dataset, *items: int) -> Takedown:
    assert dataset.created_by is not None
    takedown = request_takedown(
        dataset=dataset, by=dataset.created_by, wanted=Wanted(items=items), reason="asked to",
        expected=len(items),
    )  # fmt: skip
    assert takedown.job is not None
    run_job(takedown.job.pk)
    takedown.refresh_from_db()
    assert takedown.state == "done", Job.objects.get(pk=takedown.job.pk).error
    return takedown


def test_vectors_are_overwritten_in_every_store_and_the_others_stay(seen: Dataset) -> None:
    items = list(seen.items.order_by("pk"))
    stores = [FeatureStore(features_folder(seen.pk), n, 8) for n in ("hog-test", "encoder-test")]
    gone, kept = [item.sha256 for item in items[3:6]], [item.sha256 for item in items[6:]]
    secret = [store.take(store.rows(gone)).astype(np.float16).tobytes() for store in stores]
    before = [store.take(store.rows(kept)) for store in stores]
    take_down(seen, *(item.pk for item in items[3:6]))
    for name, old, vectors in zip(("hog-test", "encoder-test"), secret, before, strict=True):
        store = FeatureStore(features_folder(seen.pk), name, 8)
        assert (store.rows(gone) == -1).all()
        assert (store.take(store.rows(kept)) == vectors).all()
        written = (features_folder(seen.pk) / f"{name}.f16").read_bytes()
        assert all(old[at : at + 16] not in written for at in range(0, len(old), 16))
        found = {near.sha256 for near in nearest(store, kept[0], 20)}
        assert found == {item.sha256 for item in items} - {*gone, kept[0]}
    row = DatasetFeatures.objects.get(pk=seen.pk)
    assert (row.items, row.pretrained_on) == (17, 0)


def test_a_forgotten_last_vector_does_not_tear_the_store(seen: Dataset) -> None:
    last = seen.items.order_by("pk").last()
    assert last is not None
    take_down(seen, last.pk)
    store = FeatureStore(features_folder(seen.pk), "hog-test", 8)
    assert len(store) == 20 and store.living().sum() == 19
    store.add(["ab" * 32], np.ones((1, 8), np.float32))
    again = FeatureStore(features_folder(seen.pk), "hog-test", 8)
    assert again.take(again.rows(["ab" * 32])).tolist() == [[1.0] * 8]


def test_points_leave_the_map_and_the_former_file_goes(seen: Dataset) -> None:
    former = draw_map(dataset=seen).sha256
    first, *others = seen.items.order_by("pk").values_list("pk", flat=True)
    take_down(seen, first)
    row = DatasetMap.objects.get(pk=seen.pk)
    assert items_of(map_files(seen.pk).read(row.sha256)).tolist() == others
    assert list(map_files(seen.pk).names()) == [row.sha256] != [former]


def group_of(dataset: Dataset, *items: Any) -> DuplicateGroup:
    row = DuplicateGroup.objects.create(dataset=dataset, kind="near", size=len(items), apart=0.0)
    for place, item in enumerate(items):
        DuplicateMember.objects.create(group=row, item=item, place=place, apart=0.0)
    return row


def test_copies_come_back_when_the_one_kept_for_them_goes(seen: Dataset) -> None:
    one, two, three = seen.items.order_by("pk")[:3]
    assert seen.created_by is not None
    keep_one(group=group_of(seen, one, two, three), item=one.pk, by=seen.created_by)
    assert ItemTag.objects.filter(item__in=[two, three]).count() == 2
    take_down(seen, one.pk)
    assert not ItemTag.objects.filter(item__in=[two, three]).exists()
    assert not DuplicateGroup.objects.filter(dataset=seen).exists()
    assert Job.objects.filter(kind="find_duplicates", state="pending").exists()


def test_frozen_labels_lose_the_items_and_models_that_saw_them_are_named(
    digits: MakeProject,
) -> None:
    project = digits(40, active=20)
    snapshot = freeze_snapshot(project=project, arm="active")
    folder = snapshot_folder(snapshot.sha256)
    learned = read_snapshot(folder).part("train")
    pool = read_snapshot(folder).part("pool")
    run = TrainingRun.objects.create(project=project, snapshot=snapshot, recipe="x", state="done")
    version = ModelVersion.objects.create(project=project, run=run, number=1, sha256="f" * 64)
    told = [{"id": item.id, "truth": "7"} for item in learned[:3]]
    RunEvent.objects.create(run=run, no=1, kind="mistakes", data={"wrong": 3, "items": told})
    gone = {learned[0].id, learned[1].id, pool[0].id}
    takedown = take_down(project.dataset, *sorted(gone))
    left = read_snapshot(folder)
    assert not gone & {item.id for item in left.items}
    assert json.loads((folder / "manifest.json").read_text())["taken_down"] == 3
    assert [one["id"] for one in RunEvent.objects.get().data["items"]] == [learned[2].id]
    (named,) = takedown.found["models"]
    assert (named["id"], named["project"], named["items"]) == (version.pk, project.pk, 2)
    assert forget_items(takedown)["models"] == [named]  # looked at again it is not forgotten
