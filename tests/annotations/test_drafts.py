"""Begun answers kept on the server: offered to their labeler elsewhere, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotations.actions.drafts import MOST_BYTES, MOST_DRAFTS, keep_draft, sweep_drafts
from annotations.actions.lease import lease_tasks, reap_leases
from annotations.models import Annotation, Draft, Project, Seat
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., Any]
BEGUN = {"choice": "3"}


def leased(client: Any, project: Project, **wanted: Any) -> list[dict[str, Any]]:
    answer = client.post(f"/api/v1/projects/{project.pk}/lease/", wanted)
    assert answer.status_code == 200, answer.content
    tasks: list[dict[str, Any]] = answer.json()["tasks"]
    return tasks


def address(task: dict[str, Any]) -> str:
    return f"/api/v1/leases/{task['lease']['id']}/draft/"


def later(seconds: float = 2) -> None:
    """Let time pass for all drafts."""
    for draft in Draft.objects.all():
        Draft.objects.filter(pk=draft.pk).update(
            saved_at=draft.saved_at - timedelta(seconds=seconds)
        )


def test_a_draft_is_offered_at_another_computer(project: Project, make_client: Make) -> None:
    labeler = factories.labelers_of(project)[0]
    here, there = make_client(labeler), make_client(labeler)
    first, second = leased(here, project, count=2)
    kept = here.put(address(second), {"answer": BEGUN, "took_proposal": True})
    assert kept.status_code == 200
    offered = {task["id"]: task["draft"] for task in leased(there, project, count=2, resume=True)}
    assert offered[second["id"]] == kept.json()
    assert kept.json()["answer"] == BEGUN and kept.json()["took_proposal"]
    assert offered[first["id"]] is None
    assert there.get(address(second)).json() == kept.json()
    assert there.get(address(first)).json()["code"] == "no_draft"


def test_the_latest_version_stands(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = leased(client, project)
    client.put(address(task), {"answer": BEGUN})
    too_soon = client.put(address(task), {"answer": {"choice": "4"}})
    assert (too_soon.status_code, too_soon.json()["code"]) == (429, "draft_too_soon")
    assert too_soon.headers["Retry-After"] == "1"
    later()
    assert client.put(address(task), {"answer": {"choice": "4"}}).status_code == 200
    assert [draft.answer for draft in Draft.objects.all()] == [{"choice": "4"}]


def test_a_draft_is_no_answer_and_need_not_be_a_legal_one(
    project: Project, make_client: Make
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = leased(client, project)
    assert client.put(address(task), {"answer": {"half": "a th"}}).status_code == 200
    assert client.put(address(task), {"answer": "text"}).status_code == 400
    assert not Annotation.objects.exists()
    assert Seat.objects.get(task=task["id"], state="held").labeler is not None


@pytest.mark.parametrize("text", ["x", "ж"])
def test_a_draft_that_is_too_large_is_refused_in_words(
    project: Project, make_client: Make, text: str
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = leased(client, project)
    refused = client.put(address(task), {"answer": {"text": text * MOST_BYTES}})
    assert (refused.status_code, refused.json()["code"]) == (413, "draft_too_large")
    assert f"{MOST_BYTES:,} bytes" in refused.json()["detail"]
    assert not Draft.objects.exists()


def test_others_never_see_a_draft(project: Project, make_client: Make) -> None:
    mine, other = (make_client(one) for one in factories.labelers_of(project)[:2])
    (task,) = leased(mine, project)
    mine.put(address(task), {"answer": BEGUN})
    assert other.get(address(task)).status_code == 404
    assert other.put(address(task), {"answer": {"choice": "5"}}).status_code == 409
    assert other.delete(address(task)).status_code == 204
    assert all(one["draft"] is None for one in leased(other, project, count=10, resume=True))
    assert Draft.objects.get().answer == BEGUN


def test_an_answer_drops_the_draft(project: Project, make_client: Make) -> None:
    client = make_client(factories.labelers_of(project)[0])
    (task,) = leased(client, project)
    client.put(address(task), {"answer": BEGUN})
    body = {"lease": task["lease"]["id"], "answer": {"choice": "7"}}
    assert client.post("/api/v1/annotations/", body).status_code == 201
    assert not Draft.objects.exists()
    late = client.put(address(task), {"answer": BEGUN})
    assert (late.status_code, late.json()["code"]) == (409, "lease_lost")


def test_what_is_skipped_given_back_or_dropped_leaves_no_draft(
    project: Project, make_client: Make
) -> None:
    client = make_client(factories.labelers_of(project)[0])
    tasks = leased(client, project, count=4)
    for task in tasks:
        client.put(address(task), {"answer": BEGUN})
    skipped, returned, dropped, kept = tasks
    client.delete(f"/api/v1/leases/{skipped['lease']['id']}/")
    client.post("/api/v1/leases/return/", {"leases": [returned["lease"]["id"]]})
    client.delete(address(dropped))
    assert [draft.seat.task_id for draft in Draft.objects.all()] == [kept["id"]]


def test_a_draft_outlives_its_lease_for_a_day(project: Project) -> None:
    labeler = factories.labelers_of(project)[0]
    seat = factories.lease(project, labeler)
    keep_draft(lease_id=seat.lease_id, labeler=labeler, answer=BEGUN)
    Seat.objects.filter(pk=seat.pk).update(until=timezone.now() - timedelta(seconds=1))
    reap_leases(project=project)
    assert sweep_drafts() == 0
    (again,) = lease_tasks(project=project, labeler=labeler, resume=True).leases
    assert again.pk == seat.pk and again.draft is not None and again.draft.answer == BEGUN
    Seat.objects.filter(pk=seat.pk).update(until=timezone.now() - timedelta(seconds=1))
    reap_leases(project=project)
    later(25 * 3600)
    assert sweep_drafts() == 1


def test_the_sweep_keeps_what_is_held_and_drops_what_is_answered(project: Project) -> None:
    labeler = factories.labelers_of(project)[0]
    held, done = lease_tasks(project=project, labeler=labeler, count=2).leases
    for seat in (held, done):
        keep_draft(lease_id=seat.lease_id, labeler=labeler, answer=BEGUN)
    Seat.objects.filter(pk=done.pk).update(state=Seat.State.DONE)
    later(25 * 3600)
    assert sweep_drafts() == 1
    assert Draft.objects.get().seat_id == held.pk


def test_a_labeler_has_so_many_drafts_at_most(project: Project, make_client: Make) -> None:
    factories.add_items(project.dataset, MOST_DRAFTS)
    labeler = factories.labelers_of(project)[0]
    factories.open_tasks(project=project)
    seats = lease_tasks(project=project, labeler=labeler, count=MOST_DRAFTS + 1).leases
    assert len(seats) == MOST_DRAFTS + 1
    for seat in seats:
        keep_draft(lease_id=seat.lease_id, labeler=labeler, answer=BEGUN)
    assert not Draft.objects.filter(seat=seats[0]).exists()
    assert Draft.objects.count() == MOST_DRAFTS


def test_an_answer_costs_one_statement_more_only_where_something_is_begun(
    project: Project, make_client: Make, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = make_client(factories.labelers_of(project)[0])
    tasks = leased(client, project, count=3)
    counts = []
    for task in tasks:
        body = {"lease": task["lease"]["id"], "answer": {"choice": "7"}}
        if task is tasks[2]:
            client.put(address(task), {"answer": BEGUN})
        with CaptureQueriesContext(connection) as queries:
            client.post("/api/v1/annotations/", body)
        counts.append(sum("annotations_draft" in one["sql"] for one in queries.captured_queries))
    # The one that locks the seat tells of a draft as well.
    assert counts == [1, 1, 2]


def test_who_leaves_a_project_leaves_no_draft(project: Project, make_client: Make) -> None:
    labeler = factories.labelers_of(project)[0]
    seat = factories.lease(project, labeler)
    keep_draft(lease_id=seat.lease_id, labeler=labeler, answer=BEGUN)
    member = project.memberships.get(user=labeler)
    manager = make_client(project.memberships.get(role="manager").user)
    assert manager.delete(f"/api/v1/members/{member.pk}/").status_code == 204
    assert not Draft.objects.exists()
