"""Lines of JSON written in bulk: what is kept, what is named, and what a repetition does."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions import bulk_lines
from annotations.models import Annotation, GivenAnswer, Item, ItemTag, KnownLabel, Project, Tag
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


def send(client: Any, path: str, *lines: Any) -> Any:
    body = b"\n".join(
        line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines
    )
    return client.post(f"/api/v1/{path}", body, content_type="application/x-ndjson")


@pytest.fixture
def items(project: Project) -> list[Item]:
    return list(project.dataset.items.order_by("pk"))


def test_tags_and_metadata_are_written_once(
    project: Project, items: list[Item], make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_lines, "BATCH", 2)
    client = make_client(project.created_by)
    lines = [
        {"item": items[0].pk, "tags": ["torn", " faded "], "metadata": {"page": 3, "old": 1}},
        {"sha256": items[1].sha256, "tags": ["torn"]},
        {"item": items[0].pk, "untag": ["faded"], "metadata": {"old": None}},
    ]
    path = f"datasets/{project.dataset_id}/lines/"
    first = send(client, path, *lines).json()
    assert (first["lines"], first["changed"], first["refused"]) == (3, 3, 0)
    items[0].refresh_from_db()
    assert items[0].metadata == {"page": 3}
    assert Tag.objects.get(name="torn").item_count == 2 == ItemTag.objects.count()
    again = send(client, path, {"item": items[0].pk, "tags": ["torn"]}, lines[1]).json()
    assert (again["changed"], again["unchanged"]) == (0, 2)


def test_lines_that_cannot_be_used_are_named_and_the_others_kept(
    project: Project, items: list[Item], make_client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_lines, "LONGEST_LINE", 300)
    foreign = factories.add_items(factories.dataset(), 1)[0]
    lines: list[Any] = [
        {"item": items[0].pk, "tags": ["a"]}, b"{", b"", b"[1]", {"item": foreign.pk},
        {"tags": ["a"]}, {"item": True}, {"item": 1, "owner": 2},
        {"item": items[0].pk, "tags": "a"},
        {"item": items[0].pk, "metadata": {"a": [1]}}, b'{"item": "' + b"9" * 2_000 + b'"}',
        b'{"item": NaN}', b"\xff", {"item": 10**30}, {"item": items[1].pk, "tags": ["a"]},
    ]  # fmt: skip
    said = send(make_client(project.created_by), f"datasets/{project.dataset_id}/lines/", *lines)
    assert said.status_code == 200
    named = {error["line"]: error["code"] for error in said.json()["errors"]}
    assert named == {
        2: "json_invalid", 4: "no_object", 5: "unknown_item", 6: "no_item", 7: "no_item",
        8: "unknown_field", 9: "bad_tags", 10: "bad_metadata", 11: "line_too_long",
        12: "json_number", 13: "bad_unicode", 14: "json_number",
    }  # fmt: skip
    assert said.json()["changed"] == 2 == ItemTag.objects.count()


def test_votes_of_a_source_are_cast_once(
    project: Project, items: list[Item], make_client: Make
) -> None:
    client = make_client(project.created_by)
    lines = [{"item": item.pk, "answer": {"choice": "7"}, "confidence": 0.9} for item in items[:3]]
    path = f"projects/{project.pk}/lines/votes/?source=Reader%202"
    assert send(client, path, *lines).json()["changed"] == 3
    assert send(client, path, *lines).json()["unchanged"] == 3
    for job in Job.objects.filter(kind="cast_votes"):
        run_job(job.pk)
    assert Annotation.objects.filter(project=project, answer={"choice": "7"}).count() == 3
    bad = send(
        client, path, {"item": items[0].pk, "answer": {"choice": "8"}},
        {"item": items[4].pk, "answer": {"choice": "eleven"}},
        {"item": items[5].pk, "answer": {"choice": "1"}, "confidence": 2},
    ).json()  # fmt: skip
    assert [error["code"] for error in bad["errors"]] == [
        "answered_otherwise", "answer_invalid", "bad_confidence"
    ]  # fmt: skip
    assert GivenAnswer.objects.count() == 3
    assert send(client, f"projects/{project.pk}/lines/votes/").status_code == 400


def test_known_answers_never_contradict_each_other(
    project: Project, items: list[Item], make_client: Make
) -> None:
    client = make_client(project.created_by)
    path = f"projects/{project.pk}/lines/known/"
    lines = [{"item": item.pk, "answer": {"choice": "3"}} for item in items[:2]]
    assert send(client, path, *lines).json()["changed"] == 2
    other = {"item": items[0].pk, "answer": {"choice": "4"}}
    said = send(client, path, lines[1], other).json()
    assert (said["unchanged"], said["errors"][0]["code"]) == (1, "known_otherwise")
    assert set(KnownLabel.objects.values_list("value", flat=True)) == {"3"}
    assert client.post(f"/api/v1/{path}", {"item": 1}).status_code == 415


def test_a_manager_without_the_dataset_writes_no_known_answers(
    project: Project, items: list[Item], make_client: Make
) -> None:
    manager = factories.member(project, role="manager")
    line = {"item": items[0].pk, "answer": {"choice": "3"}}
    answer = send(make_client(manager), f"projects/{project.pk}/lines/known/", line)
    assert answer.status_code == 403 and not KnownLabel.objects.exists()
