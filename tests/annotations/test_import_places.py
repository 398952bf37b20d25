"""Imports from server folders, S3 buckets and lists of addresses: what is opened, and no more."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.actions.upload import upload_items
from annotations.actions.upload_report import UploadReport
from annotations.intake.archives import Member
from annotations.intake.buckets import Bucket, BucketError
from annotations.models import Dataset, Item, KnownLabel
from labelhub import env
from labelhub.jobs.models import Job
from tests import factories
from tests.buckets import s3
from tests.http.test_datasets_api import run_job
from tests.pictures import png, zipped

__all__ = ["s3"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def dataset() -> Dataset:
    return factories.dataset()


@pytest.fixture
def client(dataset: Dataset, make_client: Callable[..., APIClient]) -> APIClient:
    return make_client(dataset.created_by)


def order(client: APIClient, dataset: Dataset, **body: Any) -> Any:
    return client.post(f"/api/v1/datasets/{dataset.pk}/imports/places/", body, format="json")


def paths(dataset: Dataset) -> list[str]:
    return list(Item.objects.filter(dataset=dataset).order_by("pk").values_list("path", flat=True))


# ------------------------------------------------------------------------------------ folders


@pytest.fixture
def scans(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "scans"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "1.png").write_bytes(png(1))
    (folder / "b.png").write_bytes(png(2))
    (tmp_path / "secret.png").write_bytes(png(3))
    settings.IMPORT_FOLDERS = {"scans": folder}
    return folder


def test_a_folder_is_previewed_and_then_imported(
    client: APIClient, dataset: Dataset, scans: Path
) -> None:
    listed = client.get("/api/v1/import-places/").json()
    assert listed == {"places": [{"kind": "folder", "name": "scans"}], "urls": False}
    answer = order(client, dataset, kind="folder", name="scans", path="a", dry_run=True)
    assert answer.status_code == 202
    job = answer.json()["job"]["id"]
    assert (run_job(job)["taken"], dataset.items.count()) == (1, 0)
    body = {"preview": job}
    again = client.post(f"/api/v1/datasets/{dataset.pk}/imports/", body, format="json")
    assert run_job(again.json()["job"]["id"])["taken"] == 1
    assert paths(dataset) == ["1.png"]


@pytest.mark.parametrize(
    "path", ["..", "a/../..", "../scans2", "/etc", "nothing", "out", "../secret.png", "a\0b"]
)
def test_nothing_outside_of_a_folder_can_be_named(
    client: APIClient, dataset: Dataset, scans: Path, path: str
) -> None:
    (scans.parent / "scans2").mkdir()
    (scans / "out").symlink_to(scans.parent)
    answer = order(client, dataset, kind="folder", name="scans", path=path)
    assert answer.status_code in (404, 400, 422)
    assert not Job.objects.exists()


def test_links_out_of_a_folder_and_pipes_are_refused(
    client: APIClient, dataset: Dataset, scans: Path
) -> None:
    (scans / "link.png").symlink_to(scans.parent / "secret.png")
    (scans / "inner.png").symlink_to(scans / "b.png")
    os.mkfifo(scans / "pipe.png")
    told = run_job(order(client, dataset, kind="folder", name="scans").json()["job"]["id"])
    refused = {note["name"]: note["code"] for note in told["files"] if note["status"] == "refused"}
    assert refused == {"link.png": "symlink_in_archive", "pipe.png": "special_file"}
    assert (told["taken"], told["duplicate"]) == (2, 1)


def test_what_is_not_opened_is_not_there(client: APIClient, dataset: Dataset) -> None:
    assert client.get("/api/v1/import-places/").json() == {"places": [], "urls": False}
    for kind in ("folder", "bucket"):
        assert order(client, dataset, kind=kind, name="etc").status_code == 404


def test_folders_are_named_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPORT_FOLDERS", "scans=/srv/a, /mnt/faces")
    assert env.folders("IMPORT_FOLDERS") == {"scans": Path("/srv/a"), "faces": Path("/mnt/faces")}
    monkeypatch.setenv("IMPORT_FOLDERS", "scans=relative")
    with pytest.raises(env.EnvError, match="relative"):
        env.folders("IMPORT_FOLDERS")


# ------------------------------------------------------------------------------------ buckets


def fill(s3: Any, bucket: str, files: dict[str, bytes]) -> None:
    s3.create_bucket(Bucket=bucket)
    for key, data in files.items():
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def test_a_bucket_is_imported_and_later_only_what_is_new(
    client: APIClient, dataset: Dataset, s3: Any, settings: Any
) -> None:
    settings.IMPORT_BUCKETS = ["letters"]
    fill(s3, "letters", {
        "2024/a.png": png(1), "2024/set.zip": zipped({"x.png": png(2)}), "2024/bad.png": b"no",
        "2024/labels.csv": b"filename,label\na.png,7\n", "2024/": b"", "other/b.png": png(9),
    })  # fmt: skip
    body = {"kind": "bucket", "name": "letters", "path": "2024"}
    told = run_job(order(client, dataset, **body).json()["job"]["id"])
    assert (told["taken"], told["refused"], told["labels"]) == (2, 1, 1)
    assert sorted(paths(dataset)) == ["a.png", "set.zip/x.png"]
    assert KnownLabel.objects.get().item.metadata["source"].startswith("s3://letters/2024/a.png#")
    fill(s3, "letters", {"2024/b.png": png(3), "2024/a.png": png(4)})
    told = run_job(order(client, dataset, **body).json()["job"]["id"])
    assert (told["taken"], told["duplicate"]) == (2, 1)  # b is new, a changed, the ZIP is read
    told = run_job(order(client, dataset, **body).json()["job"]["id"])
    unchanged = [note["name"] for note in told["files"] if note.get("code") == "unchanged"]
    assert (told["taken"], sorted(unchanged)) == (0, ["a.png", "b.png"])


def test_more_than_a_page_of_keys_is_listed(s3: Any) -> None:
    fill(s3, "many", {f"{k:04}.png": b"x" for k in range(1_050)})
    members = list(Bucket("many", client=s3).members())
    assert [member.path for member in members] == [f"{k:04}.png" for k in range(1_050)]


def test_a_bucket_that_is_not_there_says_so(s3: Any) -> None:
    with pytest.raises(BucketError, match="nowhere cannot be listed"):
        list(Bucket("nowhere", client=s3).members())


# ---------------------------------------------------------------------------------- addresses


class Site(BaseHTTPRequestHandler):
    pictures = {"/a.png": png(1), "/dir/b%20c.png": png(2)}

    def do_GET(self) -> None:
        body = self.pictures.get(self.path)
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def fetch(dataset: Dataset, text: str, name: str = "urls.txt") -> UploadReport:
    return upload_items(dataset=dataset, members=[Member(name, text.encode(), done=1.0)])


def test_a_list_of_addresses_is_refused_where_that_is_off(dataset: Dataset, site: str) -> None:
    report = fetch(dataset, f"{site}/a.png\n")
    assert [(note["name"], note["code"]) for note in report.files] == [
        ("urls.txt", "url_forbidden")
    ]


def test_a_list_of_addresses_is_fetched_line_by_line(
    dataset: Dataset, site: str, settings: Any
) -> None:
    settings.IMPORT_URLS, settings.IMPORT_NETWORKS = True, networks("127.0.0.0/8")
    lines = [
        "# two pictures", f"{site}/a.png", "", f"{site}/gone.png", "ftp://x.example/a.png",
        "http://169.254.169.254/x.png", f"{site}/dir/b%20c.png", "no address",
    ]  # fmt: skip
    report = fetch(dataset, "\n".join(lines))
    assert paths(dataset) == ["127.0.0.1/a.png", "127.0.0.1/dir/b c.png"]
    assert Item.objects.filter(metadata__source=f"{site}/a.png").count() == 1
    assert {row["line"]: row["code"] for row in report.rows} == {
        4: "url_failed", 5: "url_scheme", 6: "url_forbidden", 8: "url_scheme",
    }  # fmt: skip


def test_this_machine_is_not_reached_without_leave(
    dataset: Dataset, site: str, settings: Any
) -> None:
    settings.IMPORT_URLS = True
    report = fetch(dataset, f"{site}/a.png\n")
    assert [row["code"] for row in report.rows] == ["url_forbidden"]


def networks(text: str) -> Any:
    os.environ["IMPORT_NETWORKS"] = text
    try:
        return env.networks("IMPORT_NETWORKS")
    finally:
        del os.environ["IMPORT_NETWORKS"]
