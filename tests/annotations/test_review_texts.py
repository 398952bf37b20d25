"""Review of texts: the readings of a line come aligned, character by character."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from annotations.actions.project import create_project, open_tasks
from annotations.actions.submit import submit_annotation
from annotations.models import Project, Task
from annotations.reports.alignment import LONGEST
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]


@pytest.fixture
def lines() -> Project:
    """One line of writing and three people who read it."""
    owner = factories.user()
    project = create_project(
        by=owner,
        dataset=factories.dataset(items=1, owner=owner),
        name="lines",
        question="What does it say?",
        task_type="transcription",
        schema={"max_length": 5_000},
        min_votes=3,
        max_votes=3,
        random_share=0.0,
        audit_share=0.0,
    )
    open_tasks(project=project)
    for _ in range(3):
        factories.member(project)
    return project


def read(project: Project, *answers: dict[str, Any]) -> None:
    for at, (who, answer) in enumerate(zip(factories.labelers_of(project), answers, strict=False)):
        lease = factories.lease(project, who).lease_id
        submit_annotation(labeler=who, lease_id=lease, answer=answer, key=f"reading-{at}")


def shown(project: Project, make_client: Make) -> dict[str, Any]:
    client = make_client(project.created_by)
    task = Task.objects.get(project=project)
    alone = client.get(f"/api/v1/tasks/{task.pk}/").json()
    (listed,) = client.get(f"/api/v1/projects/{project.pk}/review/").json()["results"]
    assert listed["alignment"] == alone["alignment"]
    return dict(alone)


def test_readings_come_aligned_with_the_merged_text(lines: Project, make_client: Make) -> None:
    read(lines, {"text": "Smith"}, {"text": "Smyth"}, {"text": "Smiths"})
    task = shown(lines, make_client)
    assert task["consensus"]["answer"] == {"text": "Smith"}
    assert task["alignment"]["votes"] == [vote["id"] for vote in task["votes_cast"]]
    assert task["alignment"]["segments"] == [
        {"text": "Sm", "readings": [], "agreed": True},
        {"text": "i", "readings": ["i", "y", "i"], "agreed": False},
        {"text": "th", "readings": [], "agreed": True},
        {"text": "", "readings": ["", "", "s"], "agreed": False},
    ]


def test_who_could_not_read_it_is_not_in_the_alignment(lines: Project, make_client: Make) -> None:
    read(lines, {"text": "a b"}, {"text": "", "illegible": True}, {"text": "a d"})
    task = shown(lines, make_client)
    first, _, third = (vote["id"] for vote in task["votes_cast"])
    assert task["alignment"]["votes"] == [first, third]


def test_a_text_too_long_to_align_in_time_has_no_alignment(
    lines: Project, make_client: Make
) -> None:
    read(lines, {"text": "a" * (LONGEST + 1)}, {"text": "b"}, {"text": "c"})
    assert shown(lines, make_client)["alignment"] is None


def test_answers_that_are_no_texts_have_no_alignment(make_client: Make) -> None:
    project = factories.project(items=1, labelers=2, min_votes=2, max_votes=2)
    for who, label in zip(factories.labelers_of(project), "49", strict=True):
        factories.vote(project, who, label)
    assert shown(project, make_client)["alignment"] is None
