"""Exports and releases of what the items page shows: every filter of it, and its saved views."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotations.actions.export import Order, write_labels
from annotations.models import Item, ItemTag, Project, SavedView, Tag, Task
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def project() -> Project:
    """Six tasks: two of the split test, one tagged, three settled, one flagged."""
    row = factories.project(items=6, labels=["a", "b"], labelers=1)
    tasks = list(Task.objects.filter(project=row).select_related("item").order_by("pk"))
    for place, task in enumerate(tasks):
        task.item.filename = f"leaf{place}.png"
        task.item.split = "test" if place < 2 else ""
        task.item.metadata = {"page": place}
        task.status = "settled" if place < 3 else "open"
        task.label, task.answer = "ab"[place % 2], {"choice": "ab"[place % 2]}
        task.confidence, task.votes = 0.5 + place / 10, place
        task.flags = int(place == 4)
    Item.objects.bulk_update([task.item for task in tasks], ["filename", "split", "metadata"])
    Task.objects.bulk_update(tasks, ["status", "label", "answer", "confidence", "votes", "flags"])
    tag = Tag.objects.create(dataset=row.dataset, name="torn")
    ItemTag.objects.create(tag=tag, item=tasks[5].item)
    return row


def files(lines: bytes) -> list[int]:
    return [int(json.loads(line)["filename"][4]) for line in lines.splitlines()]


FILTERS: list[tuple[dict[str, Any], list[int]]] = [
    ({}, [0, 1, 2]),
    ({"status": "all", "split": "test"}, [0, 1]),
    ({"status": "all", "split": ""}, [2, 3, 4, 5]),
    ({"split": "test", "label": "b"}, [1]),
    ({"status": "all", "tag": "torn"}, [5]),
    ({"status": "all", "metadata": "page:4"}, [4]),
    ({"status": "all", "file": "LEAF3"}, [3]),
    ({"status": "all", "flagged": True}, [4]),
    ({"status": "all", "flagged": False, "min_votes": 3}, [3, 5]),
    ({"status": "open", "max_confidence": 0.85}, [3]),
]


@pytest.mark.parametrize(("filters", "found"), FILTERS)
def test_the_count_the_page_and_the_file_agree(
    project: Project, make_client: Make, filters: dict[str, Any], found: list[int]
) -> None:
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}"
    asked = {k: json.dumps(v) if isinstance(v, bool) else v for k, v in filters.items()}
    assert client.get(f"{url}/exports/preview/", asked).json()["rows"] == len(found)
    shown = {name: value for name, value in asked.items() if value != "all"}
    if filters:
        shown = shown if "status" in asked else shown | {"status": "settled"}
        assert client.get(f"{url}/tasks/count/", shown).json()["count"] == len(found)
    made = client.post(f"{url}/exports/", {"format": "jsonl", **filters}).json()["export"]
    answer = client.get(made["download_url"])
    assert files(b"".join(answer.streaming_content)) == found
    rows = client.get(f"{url}/rows/", asked)
    assert files(b"".join(rows.streaming_content)) == found


@pytest.mark.django_db(transaction=True)
def test_every_filter_works_in_the_snapshot_that_a_job_reads(project: Project) -> None:
    labeler = factories.labelers_of(project)[0].pk
    more: list[tuple[dict[str, Any], list[int]]] = [
        ({"status": "all", "labeler": labeler}, []),
        ({"status": "all", "predicted": "a"}, []),
        ({"status": "all", "min_uncertainty": 0.1}, []),
        ({"status": "all", "min_agreement": 0.1, "text": "a", "arm": "active"}, []),
    ]
    for filters, found in FILTERS + more:
        file = io.BytesIO()
        write_labels(order=Order.of(project, "jsonl", "consensus", filters), file=file)
        assert files(file.getvalue()) == found, filters
        votes = Order.of(project, "jsonl", "votes", filters)
        assert write_labels(order=votes, file=io.BytesIO()) == 0


@pytest.mark.parametrize("format", ["label_studio", "csv", "parquet"])
def test_formats_of_rows_and_of_pictures_are_filtered_alike(project: Project, format: str) -> None:
    order = Order.of(project, format, "consensus", {"status": "all", "metadata": "page:1"})
    assert order.count() == write_labels(order=order, file=io.BytesIO()) == 1


def saved(project: Project, **query: str) -> SavedView:
    return SavedView.objects.create(project=project, name="Mine", query=query)


def test_a_saved_view_is_exported_as_it_shows(project: Project, make_client: Make) -> None:
    client = make_client(project.created_by)
    view = saved(project, split="test", min_votes="1", ordering="-file")
    url = f"/api/v1/projects/{project.pk}/exports/preview/"
    said = client.get(url, {"view": view.pk}).json()
    assert said["rows"] == 1
    assert said["filters"] == {"status": "all", "split": "test", "min_votes": 1}
    # What is given beside it counts more; another project's view is not to be seen.
    assert client.get(url, {"view": view.pk, "split": ""}).json()["rows"] == 4
    other = saved(factories.project(items=1), split="test")
    assert client.get(url, {"view": other.pk}).status_code == 404


def test_a_view_shows_open_items_and_so_does_its_export(
    project: Project, make_client: Make
) -> None:
    view = saved(project, file="leaf")
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/exports/preview/"
    assert client.get(url, {"view": view.pk}).json()["rows"] == 6


def test_a_release_takes_the_same_filters(project: Project, make_client: Make) -> None:
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/releases/"
    body = {"name": "torn", "split_by": "none", "filters": {"status": "all", "tag": "torn"}}
    made = client.post(url, body).json()["release"]
    assert (made["items"], made["filters"]) == (1, {"status": "all", "tag": "torn"})
    view = saved(project, split="test")
    body = {"name": "seen", "split_by": "none", "filters": {"view": view.pk}}
    assert client.post(url, body).json()["release"]["items"] == 2


@pytest.mark.parametrize(
    "wrong",
    [{"metadata": "page"}, {"min_votes": "many"}, {"user__password": "x"}, {"split": "a" * 999}],
)
def test_a_wrong_filter_is_refused_by_its_name(
    project: Project, make_client: Make, wrong: dict[str, str]
) -> None:
    client = make_client(project.created_by)
    answer = client.get(f"/api/v1/projects/{project.pk}/exports/preview/", wrong)
    assert answer.status_code in (400, 422)
    assert next(iter(wrong)) in answer.content.decode()


def test_the_command_takes_filters_and_views(project: Project, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    saved(project, split="test", min_votes="1")
    call_command("export", project.pk, view="Mine", out=str(out))
    assert files(out.read_bytes()) == [1]
    call_command("export", project.pk, "--status=all", "--metadata=page:5", f"--out={out}")
    assert files(out.read_bytes()) == [5]
    call_command("export", project.pk, "--status=all", "--flagged", f"--out={out}")
    assert files(out.read_bytes()) == [4]
    with pytest.raises(CommandError, match="no saved view 'Yours'"):
        call_command("export", project.pk, view="Yours")
    with pytest.raises(CommandError, match="KEY:VALUE"):
        call_command("export", project.pk, metadata="page")


def test_rows_name_an_address_that_opens_the_picture(
    project: Project, make_client: Make, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://label.example.org"
    row = next(iter(Order.of(project, "csv", "consensus", {}).rows()))
    path = f"/api/v1/items/{row['item']}/picture/"
    assert row["url"] == f"https://label.example.org{path}"
    answer = make_client(project.created_by).get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith(f"/media/{row['item']}/screen?e=")
    assert make_client(factories.labelers_of(project)[0]).get(path).status_code == 404
