"""The effect of proposals and one's own work, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from annotations.actions.gold import make_gold
from annotations.actions.keep_proposals import Said, keep_proposals
from annotations.actions.lease import lease_tasks
from annotations.actions.submit import submit_annotation
from annotations.models import Annotation, Project, Task
from labelhub.accounts.models import User
from tests import factories

pytestmark = pytest.mark.django_db
Make = Callable[..., APIClient]


def answered(items: int = 40, labelers: int = 2) -> Project:
    """A model that says 4 to all; the labelers say 4 where they see it, else the truth, 9."""
    project = factories.project(
        items=items, labelers=labelers, min_votes=labelers, max_votes=labelers,
        prelabels="model", prelabels_hidden=0.5,
    )  # fmt: skip
    tasks = list(Task.objects.filter(project=project))
    said = (Said(task.pk, {"choice": "4"}, 0.9) for task in tasks)
    keep_proposals(project=project, version=1, said=said)
    for labeler in factories.labelers_of(project):
        for seat in lease_tasks(project=project, labeler=labeler, count=items).leases:
            seen = seat.shown is not None and not seat.shown.hidden
            submit_annotation(
                labeler=labeler, lease_id=seat.lease_id, key=f"{labeler.pk} {seat.pk}",
                answer={"choice": "4" if seen else "9"}, duration_ms=500 if seen else 1000,
                took_proposal=True if seen else None,
            )  # fmt: skip
    for task in tasks:
        make_gold(task=task, by=project.created_by, answer={"choice": "9"})
    return project


def test_the_report_tells_who_followed_what_was_wrong(make_client: Make) -> None:
    project = answered()
    client = make_client(project.created_by)
    found = client.get(f"/api/v1/projects/{project.pk}/anchoring/").json()
    assert (found["answers"], found["looked_at"], found["prelabels"]) == (80, 80, "model")
    assert found["shown"] + found["hidden"] == 80 and found["taken"] == found["shown"]
    assert found["led_astray"]["shown"]["estimate"] == 1.0
    assert found["led_astray"]["hidden"]["estimate"] == 0.0
    assert found["led_astray"]["difference"]["low"] > 0.7
    assert found["helped"]["shown"]["count"] == 0
    assert (found["time"]["shown"], found["time"]["hidden"]) == (0.5, 1.0)
    assert found["time"]["ratio"]["estimate"] == 0.5
    names = {row["id"] for row in found["labelers"]}
    assert names == {labeler.pk for labeler in factories.labelers_of(project)}
    assert sum(row["shown"] for row in found["labelers"]) == found["shown"]


def test_it_costs_as_many_queries_for_many_labelers_as_for_one(
    make_client: Make, django_assert_max_num_queries: Any
) -> None:
    for labelers in (1, 4):
        project = answered(items=6, labelers=labelers)
        client = make_client(project.created_by)
        with django_assert_max_num_queries(5):
            client.get(f"/api/v1/projects/{project.pk}/anchoring/")


def test_a_project_without_proposals_has_an_empty_report(make_client: Make) -> None:
    project = factories.project(items=2)
    found = make_client(project.created_by).get(f"/api/v1/projects/{project.pk}/anchoring/").json()
    assert (found["answers"], found["labelers"], found["prelabels"]) == (0, [], "off")
    assert found["same"]["difference"]["estimate"] is None


# --- one's own work ---------------------------------------------------------------------------


def give(project: Project, labeler: User, *moments: datetime) -> None:
    for moment in moments:
        made = factories.vote(project, labeler, "4")
        Annotation.objects.filter(pk=made.pk).update(created_at=moment, duration_ms=2_000)


def test_own_work_is_counted_by_the_days_of_ones_own_calendar(make_client: Make) -> None:
    project = factories.project(items=9, labelers=2)
    labeler, other = factories.labelers_of(project)
    now = datetime.now(UTC)
    # Yesterday's: today's noon is still to come for half of the day.
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
    give(project, labeler, noon, noon + timedelta(seconds=30), noon - timedelta(days=3))
    give(project, labeler, noon - timedelta(days=40))
    give(project, other, noon)
    client, address = make_client(labeler), f"/api/v1/projects/{project.pk}/my-work/"
    found = client.get(address).json()
    assert (found["today"], found["total"], len(found["days"])) == (0, 4, 14)
    assert [day["answers"] for day in found["days"] if day["answers"]] == [1, 2]
    assert (found["median_ms"], found["per_hour"]) == (2_000, 120.0)
    # Where it is a day ahead, what was given at noon was given in the night after it.
    east = client.get(address, {"timezone": "Pacific/Kiritimati"}).json()
    assert east["days"][-1]["day"] >= found["days"][-1]["day"]
    assert sum(day["answers"] for day in east["days"]) == 3


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../../etc/passwd", "x" * 80])
def test_a_time_zone_that_is_none_is_refused(make_client: Make, zone: str) -> None:
    project = factories.project(items=1, labelers=1)
    client = make_client(factories.labelers_of(project)[0])
    answer = client.get(f"/api/v1/projects/{project.pk}/my-work/", {"timezone": zone})
    assert answer.status_code == 400


def test_answers_sent_in_one_go_have_no_pace(make_client: Make) -> None:
    project = factories.project(items=3, labelers=1)
    labeler = factories.labelers_of(project)[0]
    now = datetime.now(UTC)
    give(project, labeler, *(now + timedelta(milliseconds=10 * n) for n in range(3)))
    found = make_client(labeler).get(f"/api/v1/projects/{project.pk}/my-work/").json()
    assert (found["total"], found["per_hour"]) == (3, None)


def test_own_work_says_nothing_of_how_good_it_is_and_is_for_every_member(
    make_client: Make,
) -> None:
    project = factories.project(items=1, labelers=1, labelers_see_figures=False)
    client = make_client(factories.labelers_of(project)[0])
    assert client.get(f"/api/v1/projects/{project.pk}/my-figures/").status_code == 403
    found = client.get(f"/api/v1/projects/{project.pk}/my-work/").json()
    assert set(found) == {
        "today", "this_week", "total", "days", "median_ms", "per_hour", "last_at",
    }  # fmt: skip
