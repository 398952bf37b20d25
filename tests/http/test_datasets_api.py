"""Datasets over HTTP: make, fill, look through, delete; and who may do which of it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from annotations.actions.datasets import sweep_files
from annotations.models import Dataset, Item, KnownLabel, Membership
from labelhub import storage
from labelhub.accounts.models import ApiToken, User
from labelhub.jobs import claim as claims
from labelhub.jobs.models import Job
from labelhub.jobs.registry import handler
from tests import factories
from tests.pictures import png, zipped

pytestmark = pytest.mark.django_db
URL = "/api/v1/datasets/"
MakeClient = Callable[..., APIClient]


@pytest.fixture
def owner() -> User:
    return factories.user()


@pytest.fixture
def client(owner: User, make_client: MakeClient) -> APIClient:
    return make_client(owner)


@pytest.fixture
def dataset(owner: User) -> Dataset:
    return factories.dataset(owner=owner)


def post(client: APIClient, dataset: Dataset, files: dict[str, bytes], **fields: str) -> Any:
    parts = [SimpleUploadedFile(name, data) for name, data in files.items()]
    return client.post(f"{URL}{dataset.pk}/items/", {"files": parts, **fields}, format="multipart")


def run_job(job_id: int) -> dict[str, Any]:
    """Run a job in this thread, as a worker does in its process."""
    claim = claims.claim(job_id)
    assert claim is not None
    result = handler(claim.kind)(claim)
    if not claim.finished:
        claim.finish(result)
    return dict(Job.objects.get(pk=job_id).result)


def uploaded(client: APIClient, dataset: Dataset, files: dict[str, bytes], **fields: str) -> Any:
    answer = post(client, dataset, files, **fields)
    assert answer.status_code == 202, answer.content
    return run_job(answer.json()["job"]["id"])


# --- datasets ------------------------------------------------------------------------------


def test_a_dataset_is_made_described_and_renamed(client: APIClient) -> None:
    made = client.post(URL, {"name": "Scans", "kind": "handwriting", "licence": "CC0"})
    assert made.status_code == 201
    url = f"{URL}{made.json()['id']}/"
    assert client.patch(url, {"name": "Letters"}).json()["name"] == "Letters"
    told = client.get(url).json()
    assert (told["name"], told["kind"], told["licence"]) == ("Letters", "handwriting", "CC0")
    assert (told["item_count"], told["projects"], told["splits"]) == (0, [], [])


@pytest.mark.parametrize(
    ("body", "field"),
    [({}, "name"), ({"name": " "}, "name"), ({"name": "x", "kind": "zebra"}, "kind")],
)
def test_a_dataset_without_name_or_of_unknown_kind_is_refused(
    client: APIClient, body: dict[str, str], field: str
) -> None:
    answer = client.post(URL, body)
    assert answer.status_code == 400
    assert field in answer.json()["fields"]


def test_owner_and_counts_are_not_for_clients_to_set(client: APIClient, owner: User) -> None:
    body = {"name": "x", "created_by": 1, "item_count": 99, "id": 12345}
    row = Dataset.objects.get(pk=client.post(URL, body).json()["id"])
    assert (row.created_by, row.item_count) == (owner, 0)
    assert row.pk != 12345


def test_a_dataset_lists_the_splits_and_the_projects_that_one_sees(
    client: APIClient, dataset: Dataset, owner: User
) -> None:
    factories.add_items(dataset, 1, split="pool")
    factories.add_items(dataset, 1, split="test")
    mine = factories.project(on=dataset, manager=owner)
    factories.project(on=dataset)
    told = client.get(f"{URL}{dataset.pk}/").json()
    assert told["splits"] == ["pool", "test"]
    assert told["projects"] == [{"id": mine.pk, "name": mine.name}]


def test_a_dataset_in_use_is_not_deleted(client: APIClient, dataset: Dataset) -> None:
    project = factories.project(on=dataset)
    answer = client.delete(f"{URL}{dataset.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "dataset_in_use")
    assert project.name in answer.json()["detail"]


def test_deleting_a_dataset_deletes_the_files_that_nobody_else_has(
    client: APIClient, dataset: Dataset, owner: User, make_client: MakeClient
) -> None:
    other = factories.dataset(owner=owner)
    one, two = (png(seed, 200, 30) for seed in (1, 2))
    uploaded(client, dataset, {"a.png": one, "b.png": two})
    uploaded(client, other, {"b.png": two})
    gone, kept = dataset.items.order_by("pk")
    assert client.delete(f"{URL}{dataset.pk}/").status_code == 204
    assert not storage.originals().exists(gone.sha256)
    assert not storage.renditions().exists(gone.renditions["thumb"])
    assert storage.originals().exists(kept.sha256)
    assert storage.renditions().exists(kept.renditions["thumb"])


def test_a_large_dataset_is_deleted_by_a_job(client: APIClient, dataset: Dataset) -> None:
    factories.add_items(dataset, 501)
    answer = client.delete(f"{URL}{dataset.pk}/")
    assert answer.status_code == 202
    assert run_job(answer.json()["job"]["id"]) == {"deleted": 501}
    assert not Dataset.objects.filter(pk=dataset.pk).exists()


def test_a_number_that_no_dataset_can_have_is_not_found(client: APIClient) -> None:
    for url in (f"{URL}{10**30}/", f"{URL}{10**30}/items/", f"/api/v1/items/{10**30}/"):
        assert client.get(url).status_code == 404


# --- upload --------------------------------------------------------------------------------


def test_an_upload_is_a_job_that_reports_on_each_file(client: APIClient, dataset: Dataset) -> None:
    answer = post(client, dataset, {"a.png": png(1), "bad.png": b"text"})
    job = answer.json()["job"]
    assert (answer.status_code, job["kind"], job["state"]) == (202, "import_items", "pending")
    run_job(job["id"])
    told = client.get(f"/api/v1/jobs/{job['id']}/").json()
    assert (told["state"], told["progress"]) == ("done", 1.0)
    statuses = {note["name"]: note["status"] for note in told["result"]["files"]}
    assert statuses == {"a.png": "taken", "bad.png": "refused"}


def test_pictures_a_zip_and_a_table_may_come_together(client: APIClient, dataset: Dataset) -> None:
    files = {
        "a.png": png(1),
        "set.zip": zipped({"b.png": png(2)}),
        "labels.csv": b"filename,label\na.png,7\nb.png,3\n",
    }
    result = uploaded(client, dataset, files)
    assert (result["taken"], result["labels"], result["rows"]) == (2, 2, [])


def test_paths_tell_pictures_of_one_name_apart(client: APIClient, dataset: Dataset) -> None:
    files = [SimpleUploadedFile("1.png", png(k)) for k in (1, 2)]
    table = SimpleUploadedFile("labels.csv", b"filename,label\ncats/1.png,cat\ndogs/1.png,dog\n")
    paths = json.dumps(["cats/1.png", "dogs/1.png", "labels.csv"])
    body = {"files": [*files, table], "paths": paths}
    answer = client.post(f"{URL}{dataset.pk}/items/", body, format="multipart")
    run_job(answer.json()["job"]["id"])
    values = KnownLabel.objects.filter(item__dataset=dataset).order_by("item_id")
    assert [label.value for label in values] == ["cat", "dog"]


@pytest.mark.parametrize("paths", ["no json", '["a"]', "[1, 2]", '{"a": 1}'])
def test_paths_that_do_not_fit_are_refused(client: APIClient, dataset: Dataset, paths: str) -> None:
    answer = post(client, dataset, {"a.png": png(1), "b.png": png(2)}, paths=paths)
    assert answer.status_code == 422
    assert "paths" in answer.json()["fields"]


def test_an_upload_leaves_no_file_behind_once_it_is_read(
    client: APIClient, dataset: Dataset, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOADS_DIR = tmp_path
    uploaded(client, dataset, {"a.png": png(1), "set.zip": zipped({"b.png": png(2)})})
    assert list(tmp_path.iterdir()) == []


def test_an_upload_without_files_says_so(client: APIClient, dataset: Dataset) -> None:
    answer = client.post(f"{URL}{dataset.pk}/items/", {"note": "x"}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_files")


def test_an_upload_beyond_the_limit_is_refused_and_leaves_nothing(
    client: APIClient, dataset: Dataset, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOADS_DIR, settings.UPLOAD_MAX_BYTES = tmp_path, 5_000
    answer = post(client, dataset, {"big.png": bytes(6_000)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert list(tmp_path.iterdir()) == [] and not Job.objects.exists()


def test_too_many_files_in_one_request_are_refused_in_json(
    client: APIClient, dataset: Dataset, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOADS_DIR, settings.DATA_UPLOAD_MAX_NUMBER_FILES = tmp_path, 2
    answer = post(client, dataset, {f"{k}.png": b"x" for k in range(3)})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert list(tmp_path.iterdir()) == []


def test_a_form_that_breaks_off_is_refused(client: APIClient, dataset: Dataset) -> None:
    answer = client.generic(
        "POST", f"{URL}{dataset.pk}/items/", b"--x", content_type="multipart/form-data"
    )
    assert answer.status_code == 400
    answer = client.post(f"{URL}{dataset.pk}/items/", {"files": []}, format="json")
    assert answer.status_code == 415


def test_a_thousand_small_files_need_no_thousand_handles(
    client: APIClient, dataset: Dataset
) -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))
    try:
        answer = post(client, dataset, {f"{k}.png": b"x" for k in range(1000)})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert answer.status_code == 202


def test_an_upload_whose_files_are_gone_fails_with_a_reason(
    client: APIClient, dataset: Dataset, settings: Any, tmp_path: Path
) -> None:
    job = post(client, dataset, {"a.png": png(1)}).json()["job"]
    settings.UPLOADS_DIR = tmp_path
    with pytest.raises(Exception, match="send the files again"):
        run_job(job["id"])


def test_a_browser_session_needs_its_csrf_token(dataset: Dataset, owner: User) -> None:
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert post(browser, dataset, {"a.png": png(1)}).status_code == 403
    browser.get("/api/v1/session/")
    browser.credentials(HTTP_X_CSRFTOKEN=browser.cookies["csrftoken"].value)
    assert post(browser, dataset, {"a.png": png(1)}).status_code == 202


# --- items ---------------------------------------------------------------------------------


def test_items_come_in_pages_with_addresses_of_their_pictures(
    client: APIClient, dataset: Dataset
) -> None:
    uploaded(client, dataset, {f"{k}.png": png(k) for k in range(5)})
    first = client.get(f"{URL}{dataset.pk}/items/", {"limit": 3}).json()
    second = client.get(first["next"]).json()
    names = [item["filename"] for page in (first, second) for item in page["results"]]
    assert names == [f"{k}.png" for k in range(5)]
    assert second["next"] is None
    assert client.get(first["results"][0]["thumb_url"])["Content-Type"] == "image/png"


def test_items_are_found_by_split_group_and_name(client: APIClient, dataset: Dataset) -> None:
    factories.add_items(dataset, 3, split="pool", group="w1")
    factories.add_items(dataset, 2, split="test", group="w2")
    for query, count in (
        ({"split": "pool"}, 3),
        ({"group": "w2"}, 2),
        ({"split": "pool", "group": "w2"}, 0),
        ({"search": "ITEM00001"}, 2),
        ({"search": ""}, 5),
        ({"split": ""}, 0),
    ):
        found = client.get(f"{URL}{dataset.pk}/items/", query).json()["results"]
        assert len(found) == count, query


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"search": "a\0"}, "bad_search"),
        ({"split": "x" * 300}, "bad_split"),
        ({"ordering": "known_label__value"}, "bad_ordering"),
        ({"limit": "0"}, "bad_limit"),
        ({"cursor": "zzz"}, "bad_cursor"),
    ],
)
def test_queries_that_make_no_sense_are_refused(
    client: APIClient, dataset: Dataset, query: dict[str, str], code: str
) -> None:
    answer = client.get(f"{URL}{dataset.pk}/items/", query)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_known_labels_are_in_no_answer(client: APIClient, dataset: Dataset) -> None:
    item, *_ = factories.add_items(dataset, 1)
    factories.know(item, "the-hidden-truth")
    for url in (
        URL,
        f"{URL}{dataset.pk}/",
        f"{URL}{dataset.pk}/items/",
        f"/api/v1/items/{item.pk}/",
    ):
        assert b"the-hidden-truth" not in client.get(url).content


def test_listing_costs_the_same_for_many_items(
    client: APIClient, dataset: Dataset, django_assert_max_num_queries: Any
) -> None:
    factories.add_items(dataset, 300)
    with django_assert_max_num_queries(4):
        assert len(client.get(f"{URL}{dataset.pk}/items/?limit=300").json()["results"]) == 300


# --- who may -------------------------------------------------------------------------------


@pytest.fixture
def item(dataset: Dataset) -> Item:
    return factories.add_items(dataset, 1)[0]


def _client_as(who: str, dataset: Dataset, make_client: MakeClient) -> APIClient:
    if who == "owner":
        return make_client(dataset.created_by)
    if who == "admin":
        return make_client(factories.admin())
    if who == "stranger":
        return make_client(factories.user())
    if who == "anonymous":
        return make_client()
    project = factories.project(on=dataset, manager=factories.user())
    return make_client(factories.member(project, role=who))


@pytest.mark.parametrize(
    ("who", "look", "change"),
    [
        ("owner", 200, 202),
        ("admin", 200, 202),
        (Membership.Role.MANAGER, 200, 403),
        (Membership.Role.REVIEWER, 200, 403),
        (Membership.Role.LABELER, 404, 404),
        ("stranger", 404, 404),
        ("anonymous", 401, 401),
    ],
)
def test_each_role_sees_and_changes_what_it_may(
    dataset: Dataset, item: Item, make_client: MakeClient, who: str, look: int, change: int
) -> None:
    client = _client_as(who, dataset, make_client)
    for url in (f"{URL}{dataset.pk}/", f"{URL}{dataset.pk}/items/", f"/api/v1/items/{item.pk}/"):
        assert client.get(url).status_code == look, url
    assert post(client, dataset, {"a.png": png(1)}).status_code == change
    patched = client.patch(f"{URL}{dataset.pk}/", {"name": "x"}).status_code
    assert patched == (200 if change == 202 else change)
    assert client.delete(f"{URL}{dataset.pk}/").status_code in (
        (204, 409) if change == 202 else (change,)
    )


def test_a_refused_upload_is_not_even_read(
    dataset: Dataset, make_client: MakeClient, settings: Any, tmp_path: Path
) -> None:
    settings.UPLOADS_DIR = tmp_path
    assert post(make_client(factories.user()), dataset, {"a.png": png(1)}).status_code == 404
    assert list(tmp_path.iterdir()) == []


def test_lists_hold_ones_own_datasets_and_those_one_manages(
    make_client: MakeClient, owner: User, dataset: Dataset
) -> None:
    managed = factories.project(manager=owner).dataset
    factories.dataset()
    listed = make_client(owner).get(URL).json()["results"]
    assert [row["id"] for row in listed] == [managed.pk, dataset.pk]


def test_the_original_is_for_those_who_may_change_the_dataset(
    client: APIClient, dataset: Dataset, make_client: MakeClient
) -> None:
    uploaded(client, dataset, {"a.png": png(1)})
    url = f"/api/v1/items/{dataset.items.get().pk}/"
    original = client.get(client.get(url).json()["original_url"])
    assert b"".join(original.streaming_content) == png(1)
    reviewer = _client_as(Membership.Role.REVIEWER, dataset, make_client)
    assert reviewer.get(url).json()["original_url"] is None


def test_a_labeler_makes_no_datasets(make_client: MakeClient) -> None:
    labeler = factories.member(factories.project())
    answer = make_client(labeler).post(URL, {"name": "mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


def test_a_token_that_may_only_read_uploads_nothing(dataset: Dataset, owner: User) -> None:
    _, secret = ApiToken.issue(user=owner, name="reader", scopes=["read"])
    reader = APIClient()
    reader.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert reader.get(f"{URL}{dataset.pk}/items/").status_code == 200
    assert post(reader, dataset, {"a.png": png(1)}).status_code == 403


# --- sweeping ------------------------------------------------------------------------------


def test_the_sweep_keeps_files_of_items_and_uploads_of_waiting_jobs(
    client: APIClient, dataset: Dataset, settings: Any, tmp_path: Path
) -> None:
    settings.FILES_DIR, settings.UPLOADS_DIR = tmp_path / "files", tmp_path / "uploads"
    uploaded(client, dataset, {"a.png": png(1, 200, 30)})
    orphan = storage.originals().save(io.BytesIO(b"orphan"), max_bytes=100).sha256
    shown = storage.renditions().save(io.BytesIO(b"orphan"), max_bytes=100).sha256
    waiting = post(client, dataset, {"b.png": png(2)}).json()["job"]["id"]
    abandoned = tmp_path / "uploads" / "abandoned"
    abandoned.mkdir()
    _make_old(tmp_path)
    assert sweep_files() == 3
    item = dataset.items.get()
    assert storage.originals().exists(item.sha256)
    assert storage.renditions().exists(item.renditions["thumb"])
    assert not storage.originals().exists(orphan) and not storage.renditions().exists(shown)
    assert not abandoned.exists()
    assert run_job(waiting)["taken"] == 1


def _make_old(folder: Path) -> None:
    import os

    then = (timezone.now() - timedelta(hours=25)).timestamp()
    for path in [*folder.rglob("*")]:
        os.utime(path, (then, then))
