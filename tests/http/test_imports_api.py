"""Imports over REST: previewed, chosen, imported; formats listed; wrong choices named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.actions.datasets import sweep_files, upload_folder
from annotations.models import Dataset, GivenAnswer, KnownLabel
from labelhub.jobs.models import Job
from tests import factories
from tests.http.test_datasets_api import post, run_job, uploaded
from tests.pictures import png

pytestmark = pytest.mark.django_db
FILES = {
    "a.png": png(1),
    "classes.txt": b"cat\n",
    "a.txt": b"0 .5 .5 .5 .5\n",
    "bad.png": b"no picture",
}


@pytest.fixture
def dataset() -> Dataset:
    return factories.dataset()


@pytest.fixture
def client(dataset: Dataset, make_client: Callable[..., APIClient]) -> APIClient:
    return make_client(dataset.created_by)


def order(client: APIClient, dataset: Dataset, **body: Any) -> Any:
    return client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")


def previewed(client: APIClient, dataset: Dataset) -> int:
    answer = post(client, dataset, FILES, preview="true")
    assert answer.status_code == 202
    job = answer.json()["job"]["id"]
    told = run_job(job)
    assert (told["dry"], told["taken"], told["refused"], told["labels"]) == (True, 1, 1, 1)
    return int(job)


def test_a_preview_writes_nothing_and_is_imported_afterwards(
    client: APIClient, dataset: Dataset
) -> None:
    job = previewed(client, dataset)
    assert dataset.items.count() == 0
    answer = order(client, dataset, preview=job, role="vote", source="detector 3")
    told = run_job(answer.json()["job"]["id"])
    assert (answer.status_code, told["taken"], told["votes"]) == (202, 1, 1)
    assert GivenAnswer.objects.get().source == "detector 3"
    assert not upload_folder(Job.objects.get(pk=job).payload["upload"]).exists()


def test_a_preview_can_be_looked_at_again_with_other_choices(
    client: APIClient, dataset: Dataset
) -> None:
    job = previewed(client, dataset)
    again = order(client, dataset, preview=job, dry_run=True, format="voc").json()["job"]
    told = run_job(again["id"])
    assert again["kind"] == "preview_import"
    assert (told["labels"], told["refused"]) == (0, 3)
    assert order(client, dataset, preview=again["id"]).status_code == 202


def test_choices_come_with_the_files_too(client: APIClient, dataset: Dataset) -> None:
    uploaded(client, dataset, FILES, role="proposal")
    assert GivenAnswer.objects.get().role == "proposal"
    assert not KnownLabel.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("format", "tarot"),
        ("role", "gospel"),
        ("task_type", "x"),
        ("source", "s" * 101),
        ("preview", "perhaps"),
    ],
)
def test_a_wrong_choice_is_named_and_nothing_is_kept(
    client: APIClient, dataset: Dataset, field: str, value: str
) -> None:
    answer = post(client, dataset, FILES, **{field: value})
    assert answer.status_code == 400 and field in answer.json()["fields"]
    assert not Job.objects.exists()


@pytest.mark.parametrize("preview", [0, -1, "x", None, 10**30, [1]])
def test_a_preview_that_is_none_is_refused(
    client: APIClient, dataset: Dataset, preview: Any
) -> None:
    assert order(client, dataset, preview=preview).status_code in (400, 404)


def test_previews_of_others_and_of_other_datasets_do_not_exist(
    client: APIClient, dataset: Dataset, make_client: Callable[..., APIClient]
) -> None:
    job = previewed(client, dataset)
    other = factories.dataset(owner=dataset.created_by)
    admin = make_client(factories.admin())
    assert order(client, other, preview=job).status_code == 404
    assert order(admin, dataset, preview=job).status_code == 404


def test_an_import_whose_files_are_gone_says_so(client: APIClient, dataset: Dataset) -> None:
    job = previewed(client, dataset)
    shutil.rmtree(upload_folder(Job.objects.get(pk=job).payload["upload"]))
    answer = order(client, dataset, preview=job)
    assert (answer.status_code, answer.json()["code"]) == (422, "upload_gone")


def test_files_of_a_preview_stay_a_day(client: APIClient, dataset: Dataset) -> None:
    job = previewed(client, dataset)
    sweep_files()
    assert upload_folder(Job.objects.get(pk=job).payload["upload"]).is_dir()


def test_formats_are_listed(client: APIClient) -> None:
    formats = {row["name"]: row for row in client.get("/api/v1/import-formats/").json()}
    assert formats["coco"]["task_types"] == ["boxes", "polygons", "keypoints"]
    assert not formats["folders"]["automatic"] and formats["yolo"]["automatic"]


def test_items_tell_where_they_lay(client: APIClient, dataset: Dataset) -> None:
    uploaded(client, dataset, {"a.png": png(1)}, paths=json.dumps(["scans/1/a.png"]))
    (item,) = client.get(f"/api/v1/datasets/{dataset.pk}/items/").json()["results"]
    assert (item["path"], item["filename"]) == ("scans/1/a.png", "a.png")
