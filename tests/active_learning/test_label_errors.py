"""Label errors: settled labels are judged by a job, and one click sends them to review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from active_learning.actions.child import LearningFailed
from active_learning.actions.label_errors import call_right, find_label_errors, send_to_review
from active_learning.models import LabelError, LabelErrorReport
from annotations.actions.adjudicate import adjudicate_task
from annotations.models import Adjudication, Flag, Membership, Project, Task
from labelhub.errors import Conflict
from tests import factories
from tests.active_learning.conftest import settle

pytestmark = pytest.mark.django_db
MakeProject = Callable[..., Project]
MakeClient = Callable[..., Any]


@pytest.fixture
def doubtful(digits: MakeProject) -> Project:
    """150 settled digits, of which three in a row are labeled wrong."""
    project = digits(150, active=150)
    for task in wrong_tasks(project):
        settle([task], label=str((int(task.label) + 1) % 10))
    return project


def wrong_tasks(project: Project) -> list[Task]:
    rows = Task.objects.filter(project=project).order_by("item_id")
    return list(rows.select_related("item__known_label")[60:63])


def url(project: Project, rest: str = "") -> str:
    return f"/api/v1/projects/{project.pk}/label-errors/{rest}"


def test_wrong_labels_come_first_with_what_they_should_be(
    doubtful: Project, make_client: MakeClient
) -> None:
    client = make_client(doubtful.created_by)
    assert client.get(url(doubtful, "report/")).json()["made_at"] is None
    asked = client.post(url(doubtful, "report/"))
    assert (asked.status_code, asked.json()["kind"]) == (202, "find_label_errors")
    assert client.get(url(doubtful, "report/")).json()["searching"] is True
    find_label_errors(project=doubtful)
    rows = client.get(url(doubtful), {"limit": 3}).json()["results"]
    wrong = {task.pk: task.item.known_label.value for task in wrong_tasks(doubtful)}
    assert {row["task"]: row["suggested"] for row in rows} == wrong
    assert rows[0]["score"] >= rows[1]["score"] >= rows[2]["score"] > 0.5
    assert {"model", "neighbours", "voters"} == rows[0]["parts"].keys()
    report = client.get(url(doubtful, "report/")).json()
    (run,) = report["runs"]
    assert (run["items"], run["suspicious"], run["shift"]) == (3, 3, 0)
    assert (run["first_filename"], run["last_filename"]) == ("0060.png", "0062.png")
    assert report["judged"] == 150


def test_one_click_flags_the_task_and_takes_a_decision_back(doubtful: Project) -> None:
    find_label_errors(project=doubtful)
    error = LabelError.objects.filter(project=doubtful).order_by("-score")[0]
    reviewer = factories.member(doubtful, role=Membership.Role.REVIEWER)
    adjudicate_task(task=error.task, reviewer=reviewer, answer={"choice": error.label})
    send_to_review(error=error, by=doubtful.created_by)
    assert Adjudication.objects.filter(task=error.task, reopened_at=None).count() == 0
    flag = Flag.objects.get(task=error.task)
    assert error.suggested in flag.reason
    assert Task.objects.get(pk=error.task_id).flags == 1
    with pytest.raises(Conflict):
        send_to_review(error=error, by=reviewer)


def test_a_decision_that_came_since_is_not_taken_back(doubtful: Project) -> None:
    task = wrong_tasks(doubtful)[0]
    error = LabelError.objects.create(
        project=doubtful, task=task, label=task.label, suggested="5", score=0.9, parts={}
    )
    right = {"choice": task.item.known_label.value}
    adjudicate_task(task=task, reviewer=factories.user(), answer=right)
    with pytest.raises(Conflict):
        send_to_review(error=error, by=doubtful.created_by)
    assert Adjudication.objects.filter(task=task, reopened_at=None).count() == 1
    error.refresh_from_db()
    assert error.state == LabelError.State.WAITING


def test_what_a_person_called_right_stays_so_until_the_label_changes(doubtful: Project) -> None:
    find_label_errors(project=doubtful)
    error = LabelError.objects.filter(project=doubtful).order_by("-score")[0]
    call_right(error=error, by=doubtful.created_by)
    find_label_errors(project=doubtful)
    again = LabelError.objects.get(task=error.task_id)
    assert again.state == LabelError.State.RIGHT
    task = Task.objects.select_related("item__known_label").get(pk=error.task_id)
    settle([task], label=str((int(task.item.known_label.value) + 5) % 10))
    find_label_errors(project=doubtful)
    assert LabelError.objects.get(task=error.task_id).state == LabelError.State.WAITING


def test_too_few_labels_fail_with_a_reason_and_keep_nothing(
    digits: MakeProject,
) -> None:
    with pytest.raises(LearningFailed, match="too few"):
        find_label_errors(project=digits(20, active=10))
    assert not LabelErrorReport.objects.exists()


def test_kinds_that_cannot_be_judged_say_so(make_client: MakeClient) -> None:
    by = factories.user()
    project = factories.create_project(
        by=by,
        dataset=factories.dataset(items=3, owner=by),
        name="boxes",
        question="Where?",
        task_type="boxes",
        schema={"labels": [{"name": "face"}]},
    )
    asked = make_client(by).post(url(project, "report/"))
    assert (asked.status_code, asked.json()["code"]) == (422, "type_unfit")


def test_a_list_of_any_length_takes_the_same_queries(
    doubtful: Project, make_client: MakeClient
) -> None:
    find_label_errors(project=doubtful)
    client = make_client(doubtful.created_by)
    client.get(url(doubtful))

    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url(doubtful), {"limit": limit}).status_code == 200
        return len(captured)

    assert queries(1) == queries(3) <= 5
    assert client.get(url(doubtful), {"state": "gone"}).status_code == 400
