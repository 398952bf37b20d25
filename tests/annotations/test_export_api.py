"""Exports over HTTP: preview, start, list, download whole and in parts, delete; and who may."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from annotations.actions.export import path_of
from annotations.models import Export, Item, Membership, Project, Task
from labelhub import storage
from labelhub.accounts.models import AuditEvent
from labelhub.jobs.models import Job
from labelhub.jobs.pulse import beat
from tests import factories
from tests.pictures import encoded, opened, png

pytestmark = pytest.mark.django_db
Client = Any


@pytest.fixture
def voted(project: Project) -> Project:
    project.confidence = 0.6
    project.save()
    for labeler in factories.labelers_of(project)[:2]:
        for _ in range(5):
            factories.vote(project, labeler, "7")
    return project


@pytest.fixture
def manager(voted: Project, make_client: Callable[..., Any]) -> Client:
    return make_client(voted.created_by)


def started(client: Client, project: Project, **body: Any) -> dict[str, Any]:
    answer = client.post(f"/api/v1/projects/{project.pk}/exports/", body)
    assert answer.status_code == 202, answer.content
    return dict(answer.json()["export"])


@pytest.fixture
def export(manager: Client, voted: Project) -> dict[str, Any]:
    return started(manager, voted, format="jsonl", content="both")


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_answer_names_job_and_export(manager: Client, voted: Project) -> None:
    body = {"format": "csv", "content": "votes"}
    answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body)
    assert answer.status_code == 202
    job = manager.get(f"/api/v1/jobs/{answer.json()['job']['id']}/").json()
    assert (job["kind"], job["state"]) == ("export", "done")
    assert job["result"]["export"] == answer.json()["export"]["id"]


def test_the_preview_shows_count_and_first_rows(manager: Client, voted: Project) -> None:
    query = {"format": "csv", "content": "votes", "status": "settled"}
    preview = manager.get(f"/api/v1/projects/{voted.pk}/exports/preview/", query).json()
    export = started(manager, voted, **query)
    assert preview["rows"] == export["rows"] == 10
    assert len(preview["sample"]) == 3
    first = next(csv.DictReader(io.StringIO(body_of(manager.get(export["download_url"])).decode())))
    shown = preview["sample"][0]
    assert list(shown) == list(first)
    assert (shown["label"], shown["group"]) == (first["label"], None)
    assert preview["filters"] == {"status": "settled"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"format": "xml"}, "format"),
        ({"content": "all"}, "content"),
        ({"status": "skipped"}, "status"),
        ({"min_confidence": 2}, "min_confidence"),
    ],
)
def test_bad_orders_name_the_field(
    manager: Client, voted: Project, body: dict[str, Any], field: str
) -> None:
    answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body)
    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert not Export.objects.exists()


def test_exports_are_listed_newest_first(manager: Client, voted: Project) -> None:
    made = [started(manager, voted, content=content)["id"] for content in ("votes", "both")]
    listed = manager.get(f"/api/v1/projects/{voted.pk}/exports/").json()["results"]
    assert [row["id"] for row in listed] == made[::-1]
    assert {row["job"]["state"] for row in listed} == {"done"}


def test_listing_costs_the_same_for_many(
    manager: Client, voted: Project, django_assert_max_num_queries: Any
) -> None:
    for _ in range(5):
        Export.objects.create(project=voted, format="csv", content="votes")
    manager.get("/api/v1/session/")
    with django_assert_max_num_queries(4):
        manager.get(f"/api/v1/projects/{voted.pk}/exports/")


def test_the_download_is_the_file(manager: Client, export: dict[str, Any]) -> None:
    answer = manager.get(export["download_url"])
    data = body_of(answer)
    assert answer.status_code == 200
    assert hashlib.sha256(data).hexdigest() == export["sha256"]
    assert [json.loads(line)["record"] for line in data.splitlines()].count("consensus") == 5
    assert int(answer["Content-Length"]) == len(data)


def test_the_download_cannot_act_as_a_page(manager: Client, export: dict[str, Any]) -> None:
    answer = manager.get(export["download_url"])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/x-ndjson"
    assert answer["Content-Disposition"].startswith('attachment; filename="project-')
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]


def test_a_hostile_project_name_stays_out_of_the_header(manager: Client, voted: Project) -> None:
    voted.name = '../..\r\nX: y "q" \u202eexe.lsx'
    voted.save()
    export = started(manager, voted)
    answer = manager.get(export["download_url"])
    name = f"x-y-q-exe-lsx-consensus-{export['id']}.jsonl"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [
        ("bytes=0-9", 0, 10),
        ("bytes=10-", 10, None),
        ("bytes=-7", -7, None),
        ("bytes=5-99999999", 5, None),
        ("bytes=0-0", 0, 1),
        ("bytes=-99999999", 0, None),
    ],
)
def test_a_range_gives_those_bytes(
    manager: Client, export: dict[str, Any], wanted: str, first: int, end: int | None
) -> None:
    data = body_of(manager.get(export["download_url"]))
    answer = manager.get(export["download_url"], headers={"Range": wanted})
    part = body_of(answer)
    assert answer.status_code == 206
    assert part == data[first:end]
    start = first % len(data)
    assert answer["Content-Range"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}"
    assert int(answer["Content-Length"]) == len(part)


def test_a_broken_download_goes_on(manager: Client, export: dict[str, Any]) -> None:
    first = manager.get(export["download_url"], headers={"Range": "bytes=0-99"})
    rest = manager.get(
        export["download_url"], headers={"Range": "bytes=100-", "If-Range": first["ETag"]}
    )
    assert hashlib.sha256(body_of(first) + body_of(rest)).hexdigest() == export["sha256"]


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0"])
def test_a_range_past_the_end_is_416(manager: Client, export: dict[str, Any], wanted: str) -> None:
    answer = manager.get(export["download_url"], headers={"Range": wanted})
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{export['byte_size']}"


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=9-5"},
        {"Range": "bytes=0-1,4-5"},
        {"Range": "lines=0-1"},
        {"Range": "bytes=-"},
        {"Range": "bytes=0-9", "If-Range": '"another file"'},
    ],
)
def test_a_range_that_is_not_understood_gives_all(
    manager: Client, export: dict[str, Any], headers: dict[str, str]
) -> None:
    answer = manager.get(export["download_url"], headers=headers)
    assert answer.status_code == 200
    assert len(body_of(answer)) == export["byte_size"]


def test_head_tells_the_size_without_the_file(manager: Client, export: dict[str, Any]) -> None:
    answer = manager.head(export["download_url"], headers={"Range": "bytes=0-9"})
    assert answer.status_code == 200
    assert int(answer["Content-Length"]) == export["byte_size"]


def test_an_unfinished_export_has_no_file(manager: Client, voted: Project) -> None:
    export = Export.objects.create(project=voted, format="csv", content="votes")
    answer = manager.get(f"/api/v1/exports/{export.pk}/download/")
    assert (answer.status_code, answer.json()["code"]) == (404, "export_not_finished")


def test_a_deleted_export_is_gone_with_its_file(manager: Client, export: dict[str, Any]) -> None:
    path = path_of(Export.objects.get(pk=export["id"]))
    assert path.is_file()
    assert manager.delete(f"/api/v1/exports/{export['id']}/").status_code == 204
    assert not path.exists()
    assert manager.get(export["download_url"]).status_code == 404


def test_deleting_an_export_on_its_way_stops_its_job(manager: Client, voted: Project) -> None:
    beat("worker", {"queues": ["default"]})
    url = f"/api/v1/projects/{voted.pk}/exports/"
    made = manager.post(url, {"format": "csv"}, format="json").json()
    assert made["job"]["state"] == "pending"
    assert manager.delete(f"/api/v1/exports/{made['export']['id']}/").status_code == 204
    assert Job.objects.get(pk=made["job"]["id"]).state == "cancelled"


def test_orders_and_downloads_are_on_record(
    manager: Client, voted: Project, export: dict[str, Any]
) -> None:
    manager.get(export["download_url"])
    events = AuditEvent.objects.filter(project_id=voted.pk, action__startswith="export.")
    assert [(event.action, event.actor_id) for event in events.order_by("pk")] == [
        ("export.requested", voted.created_by_id),
        ("export.downloaded", voted.created_by_id),
    ]


@pytest.mark.parametrize(
    ("role", "status"), [("labeler", 403), ("reviewer", 403), (None, 404), ("manager", 200)]
)
def test_exports_are_for_managers(
    make_client: Callable[..., Any],
    voted: Project,
    export: dict[str, Any],
    role: str | None,
    status: int,
) -> None:
    user = factories.user()
    if role:
        Membership.objects.create(project=voted, user=user, role=role)
    client = make_client(user)
    paths = [
        f"/api/v1/projects/{voted.pk}/exports/",
        f"/api/v1/projects/{voted.pk}/exports/preview/",
        f"/api/v1/exports/{export['id']}/",
        export["download_url"],
    ]
    assert [client.get(path).status_code for path in paths] == [status] * 4


def test_anonymous_callers_get_nothing(
    make_client: Callable[..., Any], export: dict[str, Any]
) -> None:
    assert make_client().get(export["download_url"]).status_code == 401


# --- formats for pictures --------------------------------------------------------------------


def test_formats_that_fit_the_question_are_listed(manager: Client, voted: Project) -> None:
    listed = manager.get(f"/api/v1/projects/{voted.pk}/exports/formats/").json()
    by_name = {row["name"]: row for row in listed}
    assert {"jsonl", "csv", "parquet", "folders", "cvat", "label_studio"} == by_name.keys()
    assert by_name["folders"] == {
        "name": "folders",
        "contents": ["consensus"],
        "pictures": "always",
    }


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"format": "coco"}, "format", "coco holds boxes, polygons or keypoints"),
        ({"format": "folders", "content": "votes"}, "content", "not votes"),
        ({"format": "csv", "pictures": True}, "pictures", "holds rows, not pictures"),
    ],
)
def test_a_format_that_does_not_fit_is_refused_with_the_reason(
    manager: Client, voted: Project, body: dict[str, Any], field: str, reason: str
) -> None:
    answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "format_unfit")
    assert reason in answer.json()["detail"]
    assert list(answer.json()["fields"]) == [field]


def test_pictures_lie_in_the_folders_of_their_labels(manager: Client, voted: Project) -> None:
    items = Item.objects.filter(dataset=voted.dataset)
    for item in items:
        (stored,) = storage.originals().save_many([png(item.pk)])
        items.filter(pk=item.pk).update(sha256=stored.sha256, filename="same name.png", split="a/b")
    export = started(manager, voted, format="folders")
    archive = zipfile.ZipFile(io.BytesIO(body_of(manager.get(export["download_url"]))))
    pictures = [name for name in archive.namelist() if name.endswith(".png")]
    assert len(pictures) == export["rows"] == 5
    assert all(name.startswith("a_b/7/same name") for name in pictures)
    sizes = {archive.getinfo(name).file_size for name in pictures}
    assert sizes <= {len(png(item.pk)) for item in items}
    rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
    assert {(row["filename"], row["label"]) for row in rows} == {(name, "7") for name in pictures}


def test_the_preview_of_pictures_counts_items(manager: Client, voted: Project) -> None:
    query = {"format": "label_studio", "content": "both", "status": "all"}
    preview = manager.get(f"/api/v1/projects/{voted.pk}/exports/preview/", query).json()
    export = started(manager, voted, **query)
    assert preview["rows"] == export["rows"] == 10
    archive = zipfile.ZipFile(io.BytesIO(body_of(manager.get(export["download_url"]))))
    tasks = json.loads(archive.read("tasks.json"))
    voted_on = [task for task in tasks if task["annotations"]]
    assert [len(task["annotations"]) for task in voted_on] == [3] * 5
    assert len({vote["labeler"] for task in voted_on for vote in task["annotations"][1:]}) == 2


def test_rows_are_streamed_as_an_export_would_hold_them(manager: Client, voted: Project) -> None:
    url = f"/api/v1/projects/{voted.pk}/rows/"
    answer = manager.get(url, {"content": "both"})
    assert answer["Content-Type"] == "application/x-ndjson"
    export = started(manager, voted, format="jsonl", content="both")
    assert body_of(answer) == body_of(manager.get(export["download_url"]))
    assert AuditEvent.objects.filter(action="rows.read").count() == 1
    assert manager.get(url, {"format": "csv"}).status_code == 422
    assert manager.get(url, {"colour": "red"}).status_code == 400
    assert body_of(manager.get(url, {"label": "none has it"})) == b""


@pytest.mark.parametrize("asked", [False, True])
def test_pictures_leave_without_metadata_where_that_is_asked(
    manager: Client, voted: Project, asked: bool
) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"  # turned by a quarter
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "JPEG", exif=exif, comment=b"who took it")
    (stored,) = storage.originals().save_many([out.getvalue()])
    for item in voted.dataset.items.all():
        (other,) = storage.originals().save_many([png(item.pk)])
        Item.objects.filter(pk=item.pk).update(sha256=other.sha256)
    first = voted.dataset.items.filter(tasks__status="settled").order_by("pk")[0]
    Item.objects.filter(pk=first.pk).update(sha256=stored.sha256, media_type="image/jpeg")
    export = started(manager, voted, format="folders", status="all", without_metadata=asked)
    data = body_of(manager.get(export["download_url"]))
    assert (b"a camera" in data, b"who took it" in data) == (not asked, not asked)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(each for each in archive.namelist() if each.endswith(first.filename))
        with Image.open(archive.open(name)) as picture:
            assert picture.size == ((20, 40) if asked else (40, 20))
            assert bool(picture.getexif()) == (not asked)


def test_faces_are_blurred_in_the_file_and_its_metadata_are_gone(
    make_client: Callable[..., Any],
) -> None:
    project = factories.project(items=2, schema={"labels": [{"name": "face"}]}, task_type="boxes")
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    stripes = Image.effect_noise((80, 60), 90)
    (stored,) = storage.originals().save_many([encoded(stripes, "PNG", exif=exif)])
    first, second = project.dataset.items.order_by("pk")
    Item.objects.filter(pk=first.pk).update(sha256=stored.sha256, width=80, height=60)
    (plain,) = storage.originals().save_many([encoded(stripes, "PNG")])
    Item.objects.filter(pk=second.pk).update(sha256=plain.sha256, width=80, height=60)
    face = {"label": "face", "x": 20, "y": 10, "width": 30, "height": 30}
    Task.objects.filter(item=first).update(answer={"boxes": [face]}, status="settled")
    client = make_client(project.created_by)
    body = {"format": "coco", "pictures": True, "status": "all", "blur": "regions"}
    export = started(client, project, **body)
    assert export["filters"] == {"status": "all", "pictures": True, "blur": "regions"}
    data = body_of(client.get(export["download_url"]))
    assert b"a camera" not in data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        decided, open_ = (opened(archive.read(f"images/{i.filename}")) for i in (first, second))
    place = (20, 10, 50, 40)
    assert len(decided.crop(place).getcolors() or []) <= 16
    assert decided.crop((60, 0, 80, 60)).tobytes() == stripes.crop((60, 0, 80, 60)).tobytes()
    assert len(open_.getcolors() or []) <= 12 * 12  # nobody said yet what it shows


@pytest.mark.parametrize(
    "wrong",
    [
        {"format": "coco", "blur": "regions"},
        {"format": "csv", "blur": "rest", "pictures": False},
        {"format": "coco", "pictures": True, "blur": "some"},
        {"format": "coco", "pictures": True, "blur_label": "face"},
    ],
)
def test_blurring_is_refused_where_there_is_nothing_to_blur(
    make_client: Callable[..., Any], wrong: dict[str, Any]
) -> None:
    project = factories.project(items=1, schema={"labels": [{"name": "face"}]}, task_type="boxes")
    answer = make_client(project.created_by).post(f"/api/v1/projects/{project.pk}/exports/", wrong)
    assert answer.status_code in (400, 422)
    assert "blur" in answer.content.decode()


def test_blurring_needs_regions(manager: Client, voted: Project) -> None:
    body = {"format": "folders", "blur": "regions"}
    answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "format_unfit")
