"""Releases: frozen, split without leaks, the same bytes each time, and comparable."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.export import path_of
from annotations.actions.export_formats import formats_for
from annotations.actions.release import build_release, request_release
from annotations.models import Item, Project, Release, ReleasePart, Task
from labelhub import storage
from labelhub.errors import Invalid
from labelhub.jobs import claim as claims
from labelhub.jobs.claim import ClaimLost
from labelhub.jobs.models import Job
from tests import factories
from tests.pictures import png

pytestmark = pytest.mark.django_db


@pytest.fixture
def voted(project: Project) -> Project:
    """Ten items of five writers, all settled by two equal votes."""
    project.confidence = 0.6
    project.save()
    for number, item in enumerate(project.dataset.items.order_by("pk")):
        Item.objects.filter(pk=item.pk).update(group=f"writer {number % 5}")
    for labeler in factories.labelers_of(project)[:2]:
        for _ in range(10):
            factories.vote(project, labeler, "7")
    assert Task.objects.filter(project=project, status="settled").count() == 10
    return project


def released(project: Project, name: str = "letters", **more: Any) -> Release:
    release = request_release(project=project, by=project.created_by, name=name, **more)
    assert release.sha256, release.job.error
    return release


def lines(release: Release, client: Any) -> list[dict[str, Any]]:
    answer = client.get(f"/api/v1/releases/{release.pk}/items/")
    assert answer.status_code == 200
    data = b"".join(answer.streaming_content)
    assert hashlib.sha256(data).hexdigest() == release.sha256
    return [json.loads(line) for line in data.splitlines()]


@pytest.fixture
def manager(voted: Project, make_client: Callable[..., Any]) -> Any:
    return make_client(voted.created_by)


def test_the_hash_is_that_of_the_list_and_no_group_is_torn(voted: Project, manager: Any) -> None:
    rows = lines(released(voted, shares={"train": 0.6, "test": 0.4}), manager)
    assert [row["item"] for row in rows] == sorted(row["item"] for row in rows)
    sides = defaultdict(set)
    for row in rows:
        sides[row["group"]].add(row["split"])
    assert all(len(side) == 1 for side in sides.values())
    assert {row["split"] for row in rows} == {"train", "test"}
    assert all(vote["labeler"].startswith("labeler-") for row in rows for vote in row["given"])


def test_equal_labels_give_the_equal_hash_under_the_next_number(voted: Project) -> None:
    first, second = released(voted), released(voted)
    assert (first.number, second.number) == (1, 2)
    assert first.sha256 == second.sha256


def test_splitting_by_item_is_refused_where_a_group_exists(voted: Project) -> None:
    with pytest.raises(Invalid) as refused:
        released(voted, split_by="item")
    assert refused.value.code == "split_by_item_refused"
    Item.objects.filter(dataset=voted.dataset_id).update(group="")
    assert released(voted, split_by="item").items == 10


def test_given_splits_that_tear_a_group_fail_the_job_and_name_the_group(voted: Project) -> None:
    items = list(voted.dataset.items.filter(group="writer 3").order_by("pk"))
    Item.objects.filter(dataset=voted.dataset_id).update(split="train")
    Item.objects.filter(pk=items[0].pk).update(split="test")
    release = request_release(project=voted, by=voted.created_by, name="letters", split_by="given")
    assert not release.sha256
    assert release.job.state == Job.State.FAILED
    assert release.job.error["code"] == "split_leak"
    assert "'writer 3'" in release.job.error["detail"]


def test_a_release_does_not_follow_what_happens_later(voted: Project, manager: Any) -> None:
    release = released(voted)
    before = lines(release, manager)
    task = Task.objects.filter(project=voted).first()
    adjudicate_task(task=task, reviewer=factories.admin(), answer={"choice": "1"})
    Item.objects.filter(pk=task.item_id).update(filename="renamed.png", group="other")
    assert lines(release, manager) == before
    answer = manager.get(f"/api/v1/releases/{released(voted).pk}/compare/{release.pk}/")
    assert answer.status_code == 200


def _add_pictures(project: Project) -> None:
    for number, item in enumerate(project.dataset.items.all()):
        (stored,) = storage.originals().save_many([png(number)])
        Item.objects.filter(pk=item.pk).update(sha256=stored.sha256)


def test_every_format_gives_the_same_bytes_each_time(voted: Project, manager: Any) -> None:
    _add_pictures(voted)
    release = released(voted)
    written: dict[str, list[bytes]] = defaultdict(list)
    for changed in (False, True):
        if changed:
            adjudicate_task(
                task=Task.objects.filter(project=voted).first(),
                reviewer=factories.admin(),
                answer={"choice": "1"},
            )
            Project.objects.filter(pk=voted.pk).update(name="another name", question="Else?")
        for format in formats_for("choice"):
            body = {"format": format.name, "release": release.pk, "content": "consensus"}
            answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body, format="json")
            assert answer.status_code == 202, answer.json()
            row = voted.exports.get(pk=answer.json()["export"]["id"])
            written[format.name].append(path_of(row).read_bytes())
    assert {"csv", "jsonl", "folders", "parquet"} <= written.keys()
    for name, (first, second) in written.items():
        assert first == second, name
        assert len(first) > 200, name


def test_a_release_is_exported_with_its_own_splits_and_votes(voted: Project, manager: Any) -> None:
    release = released(voted)
    sides = {row["item"]: row["split"] for row in lines(release, manager)}
    body = {"format": "jsonl", "release": release.pk, "content": "both", "provenance": True}
    url = f"/api/v1/projects/{voted.pk}/exports/"
    made = manager.post(url, body, format="json").json()["export"]
    assert (made["rows"], made["release_label"]) == (30, "letters@1")
    rows = [
        json.loads(line)
        for line in b"".join(manager.get(made["download_url"]).streaming_content).splitlines()
    ]
    assert all(row["split"] == sides[row["item"]] for row in rows)
    labels = [row for row in rows if row["record"] == "consensus"]
    assert len(labels) == 10
    assert all(len(row["provenance"]["votes"]) == 2 for row in labels)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"label": "7"}, "bad_filter"),
        ({"status": "all"}, "bad_filter"),
        ({"content": "votes"}, "release_without_votes"),
        ({"provenance": True}, "release_without_votes"),
    ],
)
def test_what_a_release_cannot_give_is_refused(
    voted: Project, manager: Any, body: dict[str, Any], code: str
) -> None:
    release = released(voted, with_votes=False)
    order = {"format": "jsonl", "release": release.pk} | body
    answer = manager.post(f"/api/v1/projects/{voted.pk}/exports/", order, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_release_of_another_project_does_not_exist_here(
    voted: Project, manager: Any, make_client: Callable[..., Any]
) -> None:
    other = factories.project(items=1)
    body = {"format": "jsonl", "release": released(voted).pk}
    answer = make_client(other.created_by).post(
        f"/api/v1/projects/{other.pk}/exports/", body, format="json"
    )
    assert answer.status_code == 404


def test_two_releases_are_compared_item_by_item(voted: Project, manager: Any) -> None:
    old = released(voted)
    tasks = list(Task.objects.filter(project=voted).order_by("item_id"))
    adjudicate_task(task=tasks[0], reviewer=factories.admin(), answer={"choice": "1"})
    Task.objects.filter(pk=tasks[1].pk).update(status="disputed")
    added = factories.add_items(voted.dataset, 1)[0]
    Task.objects.create(
        project=voted, item=added, status="settled", label="2", answer={"choice": "2"}
    )
    new = released(voted)
    found = manager.get(f"/api/v1/releases/{old.pk}/compare/{new.pk}/").json()
    assert {name: found[name] for name in ("same", "added", "removed", "relabelled", "moved")} == {
        "same": 8, "added": 1, "removed": 1, "relabelled": 1, "moved": 0,
    }  # fmt: skip
    assert found["from_to"] == [{"before": "7", "after": "1", "count": 1}]
    kinds = {change["item"]: change["kind"] for change in found["changes"]}
    assert kinds == {
        tasks[0].item_id: "relabelled", tasks[1].item_id: "removed", added.pk: "added",
    }  # fmt: skip
    rest = manager.get(
        f"/api/v1/releases/{old.pk}/compare/{new.pk}/", {"after": tasks[0].item_id}
    ).json()
    assert [change["item"] for change in rest["changes"]] == [tasks[1].item_id, added.pk]
    assert not manager.get(f"/api/v1/releases/{old.pk}/compare/{old.pk}/").json()["changes"]


def test_an_items_releases_are_found_over_all_projects(voted: Project, manager: Any) -> None:
    other = factories.project(on=voted.dataset, items=0)
    Task.objects.filter(project=other).update(status="settled", label="1", answer={"choice": "1"})
    first, second = released(voted), released(other, "digits")
    task = Task.objects.filter(project=voted).first()
    assert task is not None
    Task.objects.filter(pk=task.pk).update(status="disputed")
    released(voted)  # without it
    found = manager.get(f"/api/v1/items/{task.item_id}/releases/").json()
    assert [row["label"] for row in found] == ["digits@1", "letters@1"]
    assert {row["id"] for row in found} == {first.pk, second.pk}


def test_an_item_that_was_taken_down_is_left_out_of_later_exports(
    voted: Project, manager: Any
) -> None:
    release = released(voted)
    task = Task.objects.filter(project=voted).first()
    assert task is not None
    task.annotations.all().delete()
    task.delete()
    Item.objects.filter(pk=task.item_id).delete()
    body = {"format": "jsonl", "release": release.pk}
    made = manager.post(f"/api/v1/projects/{voted.pk}/exports/", body, format="json").json()
    assert made["export"]["rows"] == 9


def test_a_build_that_died_starts_over_and_gives_the_same(voted: Project) -> None:
    whole = released(voted)
    release = Release.objects.create(
        project=voted, name="letters", number=9, filters=whole.filters, shares=whole.shares,
        schema=voted.schema, split_by="group",
    )  # fmt: skip
    ReleasePart.objects.create(
        release=release, first_item=0, packed=b"half", brief=b"half", digest="0" * 64
    )
    job = Job.objects.create(kind="release", payload={"release": release.pk})
    claim = claims.claim(job.pk)
    assert claim is not None
    assert build_release(release=release, claim=claim).sha256 == whole.sha256


def test_a_worker_taken_for_dead_writes_nothing(voted: Project) -> None:
    release = Release.objects.create(
        project=voted, name="x", number=1, schema=voted.schema, split_by="none"
    )
    job = Job.objects.create(kind="release", payload={"release": release.pk})
    claim = claims.claim(job.pk)
    assert claim is not None
    Job.objects.filter(pk=job.pk).update(fence=99)
    with pytest.raises(ClaimLost):
        build_release(release=release, claim=claim)
    assert not ReleasePart.objects.filter(release=release).exists()


def test_a_finished_release_cannot_be_deleted(voted: Project, manager: Any) -> None:
    release = released(voted)
    answer = manager.delete(f"/api/v1/releases/{release.pk}/")
    assert (answer.status_code, answer.json()["code"]) == (409, "release_is_final")


@pytest.mark.parametrize("name", ["", "Letters", "a b", "../x", "a" * 61, "-x", "x@1", "é"])
def test_names_that_cannot_be_used_are_refused(voted: Project, manager: Any, name: str) -> None:
    answer = manager.post(f"/api/v1/projects/{voted.pk}/releases/", {"name": name}, format="json")
    assert answer.status_code in (400, 422)
    assert "name" in answer.json()["fields"]


@pytest.mark.parametrize(
    "body",
    [
        {"shares": {"train": 0.5}},
        {"shares": {"train": "much"}},
        {"shares": [1]},
        {"split_by": "none", "shares": {"train": 1}},
        {"split_by": "luck"},
        {"filters": {"status": "skipped"}},
        {"filters": {"label": "none has it"}},
    ],
)
def test_bad_orders_are_refused(voted: Project, manager: Any, body: dict[str, Any]) -> None:
    body = {"name": "letters"} | body
    answer = manager.post(f"/api/v1/projects/{voted.pk}/releases/", body, format="json")
    assert answer.status_code in (400, 422), answer.content
    assert not Release.objects.exists()


def test_the_document_says_how_labels_came_about(voted: Project, manager: Any) -> None:
    audited = Task.objects.filter(project=voted).order_by("pk")[:4].values_list("pk", flat=True)
    for number, pk in enumerate(audited):
        mark = {"label": "1" if number == 0 else "7", "votes": 1, "confidence": 0.9}
        Task.objects.filter(pk=pk).update(audit=mark, votes=voted.max_votes)
    gold, decided, alone = Task.objects.filter(project=voted).order_by("-pk")[:3]
    Task.objects.filter(pk=gold.pk).update(adjudicated=True, method="gold", votes=0)
    Task.objects.filter(pk=decided.pk).update(adjudicated=True, method="adjudication")
    Task.objects.filter(pk=alone.pk).update(votes=1)
    document = released(voted).document
    told = {name: document["counts"][name] for name in ("adjudicated", "known", "lone")}
    assert told == {"adjudicated": 1, "known": 1, "lone": 1}, "gold is no reviewer's decision"
    assert document["label_error"]["audited"] == 4
    assert document["label_error"]["measured"] == 0.25
    assert 0 < document["label_error"]["low"] < 0.25 < document["label_error"]["high"] < 1
    assert document["agreement"]["percent"] == 100
    assert document["counts"]["labels"] == {"7": 10}
    assert document["consensus"]["code_version"]
    for kind, media_type in (("card.html", "text/html"), ("card.md", "text/markdown")):
        card = manager.get(f"/api/v1/releases/{Release.objects.get().pk}/{kind}")
        assert card["Content-Type"].startswith(media_type)
        assert "letters@1" in card.content.decode().replace("\\", "")
        assert "sandbox" in card["Content-Security-Policy"]


def test_lists_cost_the_same_for_many(
    voted: Project, manager: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        released(voted)
    for url in (f"projects/{voted.pk}/releases/", "releases/", "releases/?name=letters&number=2"):
        with django_assert_max_num_queries(4):
            assert manager.get(f"/api/v1/{url}").status_code == 200


def test_releases_are_found_by_name_and_number(voted: Project, manager: Any) -> None:
    for _ in range(2):
        released(voted)
    (found,) = manager.get("/api/v1/releases/", {"name": "letters", "number": 2}).json()["results"]
    assert found["label"] == "letters@2"
    for bad in ({"number": "two"}, {"name": "a\0b"}):
        assert manager.get("/api/v1/releases/", bad).status_code == 400


def test_an_unfinished_release_cannot_be_read_or_exported(voted: Project, manager: Any) -> None:
    release = Release.objects.create(project=voted, name="x", number=1, schema=voted.schema)
    for path in ("items/", "card.md", f"compare/{release.pk}/"):
        assert manager.get(f"/api/v1/releases/{release.pk}/{path}").status_code == 409, path
    body = {"format": "jsonl", "release": release.pk}
    url = f"/api/v1/projects/{voted.pk}/exports/"
    assert manager.post(url, body, format="json").status_code == 409


def test_numbers_are_unique_in_the_database(voted: Project) -> None:

    Release.objects.create(project=voted, name="x", number=1, schema=voted.schema)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(project=voted, name="x", number=1, schema=voted.schema)
