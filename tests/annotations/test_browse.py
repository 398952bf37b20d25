"""Looking through a project's items: filters, orders, counts, tags, edits and saved views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from active_learning.models import ModelVersion, Score, TrainingRun
from annotations.actions import edit_items
from annotations.actions.edit_items import (
    Change,
    Selection,
    apply_edit,
    request_edit,
    request_undo,
)
from annotations.models import Item, ItemEdit, ItemTag, Project, Seat, Tag, Task
from annotations.reports.browse import count_about
from labelhub.errors import Conflict
from labelhub.jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def project() -> Project:
    """Six items, of which each differs from the others in something that can be asked for."""
    row = factories.project(items=6, labels=["a", "b"], labelers=2, min_votes=2, max_votes=3)
    one, two = factories.labelers_of(row)
    for rows in (Task.objects, Seat.objects):
        rows.filter(project=row).update(priority=0.0)  # so that they are asked in their order
    tasks = list(Task.objects.filter(project=row).order_by("pk"))
    for who, labels in ((one, "aab"), (two, "ab")):
        for label in labels:
            factories.vote(row, who, label)
    run = TrainingRun.objects.create(project=row, recipe="hog_logreg")
    version = ModelVersion.objects.create(project=row, run=run, number=1, sha256="6" * 64)
    for task, probability in zip(tasks[:4], (0.9, 0.5, 0.5, 0.7), strict=True):
        Score.objects.create(
            task=task,
            version=version,
            predicted="ab"[task.pk % 2],
            probability=probability,
            value=0,
        )
    items = [task.item for task in tasks]
    for place, item in enumerate(items):
        item.filename = f"{'zyxwvu'[place]}.png"
        item.split = "test" if place < 2 else "train"
        item.group = f"writer {place // 2}"
        item.metadata = {"page": place, "hand": "neat" if place else "50 % off"}
    Item.objects.bulk_update(items, ["filename", "split", "group", "metadata"])
    Task.objects.filter(pk=tasks[5].pk).update(flags=1, answer={"text": "Stra\u00dfe 100%"})
    return row


def places(answer: Any, project: Project) -> list[int]:
    """Which of the project's tasks an answer lists, by their place."""
    assert answer.status_code == 200, answer.content
    order = list(Task.objects.filter(project=project).order_by("pk").values_list("pk", flat=True))
    return [order.index(row["id"]) for row in answer.json()["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"split": "test"}, [0, 1]),
        ({"split": ""}, []),
        ({"group": "writer 1"}, [2, 3]),
        ({"file": "Y.PN"}, [1]),
        ({"file": "%"}, []),
        ({"metadata": "page:4"}, [4]),
        ({"metadata": "hand:50 % off"}, [0]),
        ({"metadata": "item__dataset__created_by__password:x"}, []),
        ({"text": "100%"}, [5]),
        ({"text": "100_"}, []),
        ({"flagged": "true"}, [5]),
        ({"flagged": "false", "min_votes": "1", "max_votes": "1"}, [2]),
        ({"min_agreement": "0.9"}, [0]),
        ({"max_agreement": "0.9"}, [1]),
        ({"min_uncertainty": "0.4"}, [1, 2]),
        ({"min_uncertainty": "0.2", "max_uncertainty": "0.4"}, [3]),
        ({"tag": "torn"}, []),
    ],
)
def test_each_filter_finds_its_items(
    project: Project, make_client: Make, query: dict[str, str], found: list[int]
) -> None:
    client = make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/tasks/"
    assert places(client.get(url, query), project) == found
    counted = client.get(f"{url}count/", query).json()
    assert counted == {"count": len(found), "exact": True}


def test_items_are_found_by_who_answered_them(project: Project, make_client: Make) -> None:
    one, two = factories.labelers_of(project)
    url = f"/api/v1/projects/{project.pk}/tasks/"
    client = make_client(project.created_by)
    assert places(client.get(url, {"labeler": one.pk}), project) == [0, 1, 2]
    assert places(client.get(url, {"labeler": two.pk, "max_agreement": "0.6"}), project) == [1]


@pytest.mark.parametrize(
    ("ordering", "first"),
    [
        ("agreement", [1, 0]),
        ("-agreement", [0, 1]),
        ("-uncertainty", [1, 2, 3, 0]),
        ("uncertainty", [0, 3, 2, 1]),
        ("file", [5, 4, 3, 2, 1, 0]),
        ("-group", [5, 4, 3, 2, 1, 0]),
        ("votes", [3, 4, 5, 2, 0, 1]),
    ],
)
def test_orders_hold_over_pages_and_list_everything_once(
    project: Project, make_client: Make, ordering: str, first: list[int]
) -> None:
    client = make_client(project.created_by)
    url: str | None = f"/api/v1/projects/{project.pk}/tasks/?limit=1&ordering={ordering}"
    seen: list[int] = []
    while url:
        answer = client.get(url)
        seen += places(answer, project)
        url = answer.json()["next"]
    wanted = {tuple(first), tuple(reversed(first))} if ordering == "uncertainty" else {tuple(first)}
    assert sorted(seen) == list(range(6))
    if ordering.endswith("uncertainty"):
        # The two that are equally unsure come in the order of their ids, one way or the other.
        assert {frozenset(seen[:2]), frozenset(seen[2:4])} == {
            frozenset(first[:2]), frozenset(first[2:4])
        }  # fmt: skip
    else:
        assert tuple(seen[: len(first)]) in wanted


def test_large_counts_stop_early_and_say_so(project: Project) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # it guesses by what other tests left there
            cursor.execute("ANALYZE annotations_task")
    found = count_about(Task.objects.filter(project=project), exact_to=3)
    assert not found.exact and found.count >= 3
    assert count_about(Task.objects.filter(project=project), exact_to=6).exact


def test_agreement_follows_the_votes(project: Project) -> None:
    task = Task.objects.filter(project=project).order_by("pk")[2]
    factories.vote(project, factories.labelers_of(project)[1], "a")
    task.refresh_from_db()
    assert task.agreement == 0.5


def test_tags_come_and_go_in_bulk_and_only_what_changed_is_undone(
    project: Project, make_client: Make
) -> None:
    client = make_client(project.created_by)
    items = list(project.dataset.items.order_by("pk").values_list("pk", flat=True))
    url = f"/api/v1/datasets/{project.dataset_id}/"
    assert (
        client.post(f"{url}edits/", {"items": items[:1], "add_tags": ["torn"]}).status_code == 201
    )
    body = {
        "project": project.pk, "filters": {"split": "test"}, "expected": 2,
        "add_tags": ["torn"], "set_metadata": {"page": 0, "seen": True},
    }  # fmt: skip
    done = client.post(f"{url}edits/", body).json()
    assert (done["state"], done["changed"]) == ("done", 2)
    assert client.get(f"{url}tags/").json() == [{"name": "torn", "item_count": 2}]
    listed = client.get(f"/api/v1/projects/{project.pk}/tasks/", {"tag": "torn"}).json()["results"]
    assert [row["tags"] for row in listed] == [["torn"], ["torn"]]
    Item.objects.filter(pk=items[1]).update(metadata={"page": 7, "seen": True})
    undone = client.post(f"/api/v1/item-edits/{done['id']}/undo/").json()
    assert undone["state"] == "undone"
    assert list(ItemTag.objects.values_list("item_id", flat=True)) == [items[0]]
    assert Item.objects.get(pk=items[0]).metadata == {"page": 0, "hand": "50 % off"}
    assert Item.objects.get(pk=items[1]).metadata == {"page": 7}, "what others wrote since stays"
    assert client.post(f"/api/v1/item-edits/{done['id']}/undo/").status_code == 409


def test_an_edit_is_refused_when_the_selection_is_not_what_was_agreed_to(
    project: Project, make_client: Make
) -> None:
    client = make_client(project.created_by)
    url = f"/api/v1/datasets/{project.dataset_id}/edits/"
    body = {"project": project.pk, "filters": {"split": "test"}, "add_tags": ["x"], "expected": 3}
    assert client.post(url, body).json()["code"] == "selection_changed"
    other = factories.project(items=1, manager=project.created_by)
    for wrong in (
        {"items": [1], "project": project.pk, "add_tags": ["x"]},
        {"project": other.pk, "add_tags": ["x"]},
        {"items": [1]},
        {"items": [1], "add_tags": ["x"], "remove_tags": ["x"]},
        {"items": [1], "set_metadata": {"a": {"b": 1}}},
        {"project": project.pk, "filters": {"min_votes": "many"}, "add_tags": ["x"]},
    ):
        assert client.post(url, wrong).status_code in (400, 422), wrong
    assert not ItemEdit.objects.exists() and not Tag.objects.exists()


def test_items_of_other_datasets_are_never_touched(project: Project, make_client: Make) -> None:
    foreign = factories.add_items(factories.dataset(), 1)[0]
    client = make_client(project.created_by)
    url = f"/api/v1/datasets/{project.dataset_id}/edits/"
    answer = client.post(url, {"items": [foreign.pk], "add_tags": ["x"]}).json()
    assert answer["changed"] == 0 and not ItemTag.objects.exists()


def test_a_large_edit_is_a_job_that_may_run_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("annotations.actions.edit_items.INLINE", 3)
    monkeypatch.setattr("annotations.actions.edit_items.BATCH", 2)
    dataset = factories.dataset(items=5)
    ids = tuple(dataset.items.values_list("pk", flat=True))
    assert dataset.created_by is not None
    edit = request_edit(
        dataset=dataset, by=dataset.created_by, change=Change(add_tags=["x"]),
        selection=Selection(items=ids),
    )  # fmt: skip
    assert edit.state == "waiting" and Job.objects.get(pk=edit.job_id).kind == "edit_items"
    for _ in range(2):
        assert apply_edit(edit=edit).changed == 5
    assert edit.parts.count() == 3 and Tag.objects.get().item_count == 5


def test_an_edit_under_way_is_taken_back_and_its_job_does_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("annotations.actions.edit_items.INLINE", 3)
    monkeypatch.setattr("annotations.actions.edit_items.BATCH", 2)
    dataset = factories.dataset(items=5)
    by = dataset.created_by
    assert by is not None
    edit = request_edit(
        dataset=dataset, by=by, change=Change(add_tags=["x"]),
        selection=Selection(items=tuple(dataset.items.values_list("pk", flat=True))),
    )  # fmt: skip
    find = edit_items._next_batch

    def undone_meanwhile(edit: ItemEdit) -> Any:
        found = find(edit)
        if ItemTag.objects.exists():  # the second batch
            request_undo(edit=ItemEdit.objects.get(pk=edit.pk), by=by)
        return found

    monkeypatch.setattr(edit_items, "_next_batch", undone_meanwhile)
    apply_edit(edit=edit)
    edit.refresh_from_db()
    assert (edit.state, edit.changed, edit.parts.count()) == ("undone", 2, 0)
    assert not ItemTag.objects.exists() and Tag.objects.get().item_count == 0
    with pytest.raises(Conflict):
        request_undo(edit=edit, by=by)


def test_views_are_saved_for_all_who_review(project: Project, make_client: Make) -> None:
    reviewer = factories.member(project, role="reviewer")
    theirs, manager = make_client(reviewer), make_client(project.created_by)
    url = f"/api/v1/projects/{project.pk}/views/"
    query = {"status": "disputed", "split": "", "ordering": "-agreement"}
    saved = theirs.post(url, {"name": "Doubtful", "query": query}).json()
    assert saved["may_change"] is True and saved["query"] == query
    assert theirs.post(url, {"name": "Doubtful", "query": {}}).json()["code"] == "name_taken"
    for wrong in ({"dataset": "1"}, {"ordering": "item__sha256"}, {"min_votes": "x"}):
        assert theirs.post(url, {"name": "x", "query": wrong}).status_code == 400
    mine = manager.post(url, {"name": "Mine", "query": {}}).json()
    assert theirs.patch(f"/api/v1/views/{mine['id']}/", {"name": "Ours"}).status_code == 403
    assert manager.patch(f"/api/v1/views/{saved['id']}/", {"name": "All"}).json()["name"] == "All"
    assert [row["name"] for row in theirs.get(url).json()] == ["All", "Mine"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such statistics")
def test_the_database_knows_how_common_a_word_is(project: Project) -> None:
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    for task in tasks:
        task.answer = {"text": "spinster"}
    Task.objects.bulk_update(tasks, ["answer"])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotations_task")
        for text, share in (("%SPINSTER%", 1.0), ("%ZEPPELIN%", 0.0)):
            cursor.execute(
                "EXPLAIN (FORMAT JSON) SELECT 1 FROM annotations_task"
                " WHERE UPPER(answer ->> 'text') LIKE %s",
                [text],
            )
            ((document,),) = cursor.fetchall()
            rows = document[0]["Plan"]["Plan Rows"]
            assert rows == pytest.approx(share * len(tasks), abs=1)
