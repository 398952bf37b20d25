"""Releases of pairs: frozen like others, with no person, nor item, in two splits."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions.export import path_of
from annotations.actions.pairs import add_pairs
from annotations.actions.release import request_release
from annotations.intake.pairs import PairList, PairRow
from annotations.models import Export, Item, Project, Release, Task
from annotations.reports.releases import releases_with
from labelhub.errors import Invalid
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def project() -> Project:
    """All 66 pairs of twelve pictures of six people, each settled by what is true of it."""
    dataset = factories.dataset()
    items = factories.add_items(dataset, 12)
    for number, item in enumerate(items):
        item.group = f"person {number // 2}"
        item.filename = f"p{number // 2}_{number:04}.png"
    Item.objects.bulk_update(items, ["group", "filename"])
    row = factories.project(on=dataset, schema={}, task_type="pair")
    rows = [(a.pk, b.pk) for at, a in enumerate(items) for b in items[at + 1 :]]
    listed = [PairRow(line, *ends) for line, ends in enumerate(rows, start=1)]
    assert add_pairs(project=row, by=row.created_by, pairs=PairList(listed)).made == 66
    for task in Task.objects.filter(project=row).select_related("item", "other_item"):
        same = "same" if task.item.group == task.other_item.group else "different"
        Task.objects.filter(pk=task.pk).update(
            status="settled", label=same, answer={"choice": same}, confidence=0.9, votes=1
        )
    return row


def released(project: Project, **more: Any) -> Release:
    release = request_release(project=project, by=project.created_by, name="pairs", **more)
    assert release.sha256, release.job.error
    return release


def lines(release: Release, client: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/releases/{release.pk}/items/")
    data = b"".join(answer.streaming_content)
    assert hashlib.sha256(data).hexdigest() == release.sha256
    return [json.loads(line) for line in data.splitlines()]


def sides(rows: list[dict[str, Any]]) -> dict[str, set[str]]:
    """Which splits each group's pairs are in."""
    found: dict[str, set[str]] = {}
    for row in rows:
        for end in (row, row["other"]):
            found.setdefault(end["group"], set()).update({row["split"]} - {""})
    return found


def test_no_person_is_in_two_splits_and_pairs_across_are_in_none(
    project: Project, make_client: Callable[..., Any]
) -> None:
    release = released(project, shares={"train": 0.5, "test": 0.5})
    rows = lines(release, make_client(project.created_by))
    assert len(rows) == release.items == 66
    assert {len(found) for found in sides(rows).values()} == {1}
    # Three people a side: 15 pairs of their six pictures each, and 36 across.
    counts = release.document["counts"]
    assert counts["splits"] == {"": 36, "test": 15, "train": 15}
    assert (counts["groups"], counts["labels"]) == (6, {"different": 60, "same": 6})
    card = make_client(project.created_by).get(f"/api/v1/releases/{release.pk}/card.md")
    assert "belongs to no split" in card.content.decode()


def test_the_next_release_keeps_the_sides_and_can_be_compared(
    project: Project, make_client: Callable[..., Any]
) -> None:
    client = make_client(project.created_by)
    first = released(project, shares={"train": 0.5, "test": 0.5})
    changed = Task.objects.filter(project=project, label="different").first()
    assert changed is not None
    Task.objects.filter(pk=changed.pk).update(label="same", answer={"choice": "same"})
    second = released(project, shares={"train": 0.5, "test": 0.5})
    assert sides(lines(first, client)) == sides(lines(second, client))
    said = client.get(f"/api/v1/releases/{second.pk}/compare/{first.pk}/").json()
    assert (said["relabelled"], said["moved"], said["same"]) == (1, 0, 65)


def test_it_leaves_as_lfw_pairs_with_the_second_items(
    project: Project, make_client: Callable[..., Any]
) -> None:
    release = released(project, split_by="none")
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/exports/"
    made = client.post(url, {"format": "lfw_pairs", "release": release.pk}).json()["export"]
    with zipfile.ZipFile(path_of(Export.objects.get(pk=made["id"]))) as archive:
        listed = archive.read("pairs.txt").decode().splitlines()
    assert listed[0] == "6" and len(listed) == 67
    assert {len(line.split("\t")) for line in listed[1:7]} == {3}
    made = client.post(url, {"format": "csv", "release": release.pk}).json()["export"]
    text = io.StringIO(path_of(Export.objects.get(pk=made["id"])).read_text())
    assert next(text).count("other_") == 6


def test_a_takedown_finds_the_release_by_either_item(project: Project) -> None:
    release = released(project, split_by="none")
    last = Task.objects.filter(project=project).order_by("pk").last()
    assert last is not None and last.other_item_id is not None
    for item in (last.item_id, last.other_item_id):
        assert releases_with([item], Release.objects.all()) == [release]
    assert releases_with([10**9], Release.objects.all()) == []


def test_given_splits_and_items_without_groups(project: Project) -> None:
    with pytest.raises(Invalid, match="Split by group"):
        released(project, split_by="item")
    for item in Item.objects.filter(dataset=project.dataset):
        Item.objects.filter(pk=item.pk).update(split="test" if item.pk % 2 else "train")
    with pytest.raises(Invalid, match="more than one split") as refused:
        released_or_raise(project, split_by="given")
    assert refused.value.code == "split_leak"
    Item.objects.filter(dataset=project.dataset).update(group="", split="test")
    assert released(project, split_by="given").document["counts"]["splits"] == {"test": 66}


def released_or_raise(project: Project, **more: Any) -> None:
    """A leak is found by the job, so its error is raised here."""
    release = request_release(project=project, by=project.created_by, name="torn", **more)
    assert release.job is not None and release.job.error is not None
    raise Invalid(release.job.error["detail"], code=release.job.error["code"])
