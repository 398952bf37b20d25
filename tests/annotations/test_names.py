"""Names: reviewers know labelers by the pseudonyms of exports, unless they shall see names."""

from __future__ import annotations

from typing import Any

import pytest

from annotations.models import Project
from annotations.reports.names import pseudonym
from tests.world import World, build

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return build()


def all_that_names(world: World, role: str) -> dict[str, Any]:
    """Everything that a reviewer may read in which a labeler appears."""
    paths = {
        "task": "tasks/{task_id}/",
        "provenance": "tasks/{task_id}/provenance/",
        "review": "projects/{project_id}/review/",
        "labelers": "projects/{project_id}/labelers/",
        "labeler": "projects/{project_id}/labelers/{labeler_id}/",
        "together": "projects/{project_id}/labelers/together/",
        "report": "projects/{project_id}/report/",
        "gold": "projects/{project_id}/gold/labelers/",
        "members": "projects/{project_id}/members/",
    }
    answers = {name: world.clients[role].get(world.address(path)) for name, path in paths.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: answer.content.decode() for name, answer in answers.items()}


def test_reviewers_read_pseudonyms_everywhere_unless_names_are_shown(world: World) -> None:
    world.clients["labeler"].post(
        world.address("tasks/{task_id}/flag/"), {"reason": "blurred"}, format="json"
    )
    who = world.people["labeler"]
    called = pseudonym(world.project, who.pk)
    hidden = all_that_names(world, "reviewer")
    assert [name for name, text in hidden.items() if f'"{who.username}"' in text] == []
    assert [name for name, text in hidden.items() if called not in text] == []
    Project.objects.filter(pk=world.project.pk).update(reviewers_see_names=True)
    shown = all_that_names(world, "reviewer")
    assert [name for name, text in shown.items() if f'"{who.username}"' not in text] == []
    assert [name for name, text in shown.items() if called in text] == []


def test_managers_read_names_and_labelers_their_own(world: World) -> None:
    who = world.people["labeler"]
    shown = all_that_names(world, "manager")
    assert [name for name, text in shown.items() if f'"{who.username}"' not in text] == []
    report = world.clients["labeler"].get(world.address("projects/{project_id}/report/")).json()
    assert [row["name"] for row in report["labelers"]] == [who.username]


def test_only_a_manager_decides_whether_reviewers_see_names(world: World) -> None:
    address = world.address("projects/{project_id}/")
    wanted = {"reviewers_see_names": True}
    assert world.clients["reviewer"].patch(address, wanted, format="json").status_code == 403
    assert world.clients["manager"].patch(address, wanted, format="json").status_code == 200
    world.project.refresh_from_db()
    assert world.project.reviewers_see_names
