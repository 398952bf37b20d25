"""Proposals over HTTP: with the lease, back with the answer, and never a word too much."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from annotations.actions.keep_proposals import Said, keep_proposals
from annotations.models import Annotation, Project, ShownProposal, Task
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., APIClient]


@pytest.fixture
def project() -> Project:
    row = factories.project(
        items=8, labelers=2, min_votes=1, prelabels="model", prelabels_hidden=0.0
    )
    tasks = Task.objects.filter(project=row).values_list("pk", flat=True)
    said = (Said(pk, {"choice": "4"}, 0.75) for pk in tasks)
    keep_proposals(project=row, version=3, said=said)
    return row


def lease(client: APIClient, project: Project, **body: Any) -> list[dict[str, Any]]:
    tasks: list[dict[str, Any]] = client.post(
        f"/api/v1/projects/{project.pk}/lease/", body, format="json"
    ).json()["tasks"]
    return tasks


def test_a_proposal_comes_with_the_lease_and_goes_back_with_the_answer(
    project: Project, make_client: Make
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = lease(client, project)
    assert task["prelabel"] == {
        "answer": {"choice": "4"},
        "confidence": 0.75,
        "characters": None,
        "version": 3,
        "source": "",
    }
    assert not Annotation.objects.exists()
    body = {"lease": task["lease"]["id"], "answer": {"choice": "4"}, "took_proposal": True}
    made = client.post("/api/v1/annotations/", body | {"next": 2}, format="json")
    assert made.status_code == 201
    assert [one["prelabel"]["version"] for one in made.json()["next"]["tasks"]] == [3, 3]
    shown = ShownProposal.objects.get(annotation=made.json()["id"])
    assert (shown.taken, shown.same, shown.hidden) == (True, True, False)


def test_a_hidden_proposal_looks_like_none(project: Project, make_client: Make) -> None:
    Project.objects.filter(pk=project.pk).update(prelabels_hidden=1.0)
    (task,) = lease(make_client(factories.labelers_of(project)[0]), project)
    assert task["prelabel"] is None
    assert ShownProposal.objects.get().hidden


def test_a_reload_brings_the_same_proposal_again(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    before = {task["id"]: task["prelabel"] for task in lease(client, project, count=3)}
    tasks = Task.objects.filter(project=project).values_list("pk", flat=True)
    said = (Said(pk, {"choice": "9"}, 0.9) for pk in tasks)
    keep_proposals(project=project, version=4, said=said)
    again = lease(client, project, count=3, resume=True)
    assert {task["id"]: task["prelabel"] for task in again} == before


@pytest.mark.parametrize("told", ["perhaps", 3, [], {}])
def test_nonsense_about_a_proposal_is_refused(
    project: Project, make_client: Make, told: Any
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = lease(client, project)
    body = {"lease": task["lease"]["id"], "answer": {"choice": "4"}, "took_proposal": told}
    answer = client.post("/api/v1/annotations/", body, format="json")
    assert (answer.status_code, Annotation.objects.count()) == (400, 0)


def test_who_was_shown_nothing_cannot_have_taken_it(project: Project, make_client: Make) -> None:
    Project.objects.filter(pk=project.pk).update(prelabels="off")
    client = make_client(factories.labelers_of(project)[0])
    (task,) = lease(client, project)
    body = {"lease": task["lease"]["id"], "answer": {"choice": "4"}, "took_proposal": True}
    assert client.post("/api/v1/annotations/", body, format="json").status_code == 201
    assert not ShownProposal.objects.exists()


def test_managers_set_it_and_labelers_do_not_learn_how_often_it_hides(
    project: Project, make_client: Make
) -> None:
    address = f"/api/v1/projects/{project.pk}/"
    manager = make_client(project.created_by)
    body = {"prelabels": "any", "prelabels_hidden": 0.35}
    changed = manager.patch(address, body, format="json").json()
    assert (changed["prelabels"], changed["prelabels_hidden"]) == ("any", 0.35)
    for bad in ({"prelabels": "all"}, {"prelabels_hidden": 1.2}, {"prelabels_hidden": -0.1}):
        assert manager.patch(address, bad, format="json").status_code == 400
    labeler = make_client(factories.labelers_of(project)[0])
    assert labeler.get(address).json()["prelabels_hidden"] is None
    assert labeler.patch(address, body, format="json").status_code == 403


def test_a_reviewer_sees_which_vote_was_given_with_a_proposal_in_view(
    project: Project, make_client: Make
) -> None:
    taker, other = factories.labelers_of(project)[:2]
    reviewer = make_client(factories.member(project, role="reviewer"))
    took, refused = (answered(make_client(taker), project, choice) for choice in "47")
    Project.objects.filter(pk=project.pk).update(prelabels_hidden=1.0)
    ShownProposal.objects.filter(labeler=other).delete()
    hidden = answered(make_client(other), project, "4")
    seen = {"answer": {"choice": "4"}, "confidence": 0.75, "version": 3, "source": ""}
    taken, left = (vote_on(reviewer, task, taker.pk)["proposal"] for task in (took, refused))
    assert taken == seen | {"taken": True, "same": True}
    assert left == seen | {"taken": False, "same": False}
    assert vote_on(reviewer, hidden, other.pk)["proposal"] is None


def answered(client: APIClient, project: Project, choice: str) -> int:
    """Answer the next task, taking the proposal where it says the same; return the task."""
    (task,) = lease(client, project)
    body = {"lease": task["lease"]["id"], "answer": {"choice": choice}}
    if task["prelabel"] is not None:
        body["took_proposal"] = choice == task["prelabel"]["answer"]["choice"]
    assert client.post("/api/v1/annotations/", body, format="json").status_code == 201
    return int(task["id"])


def vote_on(client: APIClient, task: int, labeler: int) -> dict[str, Any]:
    votes: list[dict[str, Any]] = client.get(f"/api/v1/tasks/{task}/").json()["votes_cast"]
    (vote,) = (vote for vote in votes if vote["labeler"] == labeler)
    return vote


def test_a_changed_vote_keeps_the_proposal_that_it_began_with(
    project: Project, make_client: Make
) -> None:
    labeler = factories.labelers_of(project)[0]
    client = make_client(labeler)
    task = answered(client, project, "4")
    first = Annotation.objects.get(task=task)
    changed = client.patch(
        f"/api/v1/annotations/{first.pk}/",
        {"answer": {"choice": "5"}},
        format="json",
        headers={"If-Match": "1"},
    )
    assert changed.status_code == 200
    reviewer = make_client(factories.member(project, role="reviewer"))
    vote = vote_on(reviewer, task, labeler.pk)
    assert vote["version"] == 2 and vote["proposal"]["taken"]


def test_votes_and_their_proposals_take_the_same_queries_for_one_and_for_many(
    project: Project, make_client: Make
) -> None:
    reviewer = make_client(factories.member(project, role="reviewer"))
    tasks = [answered(make_client(who), project, "4") for who in factories.labelers_of(project)]
    counts = []
    for disputed in (tasks[:1], tasks[:1], tasks):  # the first fills what is kept from then on
        Task.objects.filter(pk__in=disputed).update(status="disputed")
        with CaptureQueriesContext(connection) as queries:
            reviewer.get(f"/api/v1/projects/{project.pk}/review/")
        counts.append(len(queries))
    assert counts[1] == counts[2]
