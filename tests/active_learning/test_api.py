"""Runs and versions over HTTP, and who may do what with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from active_learning.models import ModelVersion, RunEvent, TrainingRun
from annotations.models import Project
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import MakeProject, trained

Client = Callable[..., Any]
FIGURES = {"count": 50, "accuracy": 0.9, "low": 0.8, "high": 0.95, "ece": 0.03}


@pytest.fixture
def managed(project: Project, make_client: Client) -> tuple[Project, Any]:
    return project, make_client(project.created_by)


def run_of(project: Project, **values: Any) -> TrainingRun:
    defaults = {"recipe": "hog_logreg", "state": "done", "metrics": {"holdout": FIGURES}}
    return TrainingRun.objects.create(project=project, **defaults | values)


def test_a_manager_starts_a_run_and_finds_it_in_the_list(managed: tuple[Project, Any]) -> None:
    project, client = managed
    answer = client.post(f"/api/v1/projects/{project.pk}/runs/", {"recipe": "small_cnn", "seed": 7})
    assert answer.status_code == 201
    run = answer.json()
    assert (run["state"], run["recipe"], run["seed"]) == ("pending", "small_cnn", 7)
    listed = client.get(f"/api/v1/projects/{project.pk}/runs/").json()["results"]
    assert [row["id"] for row in listed] == [run["id"]]
    assert Job.objects.get().payload == {"run": run["id"]}


def test_a_second_run_is_refused_while_one_is_under_way(managed: tuple[Project, Any]) -> None:
    project, client = managed
    client.post(f"/api/v1/projects/{project.pk}/runs/", {})
    answer = client.post(f"/api/v1/projects/{project.pk}/runs/", {})
    assert answer.status_code == 409 and answer.json()["code"] == "run_in_progress"


@pytest.mark.parametrize(
    ("body", "code"), [({"recipe": "magic"}, "unknown_recipe"), ({"seed": -1}, "invalid")]
)
def test_a_run_that_cannot_be_is_refused(
    managed: tuple[Project, Any], body: dict[str, Any], code: str
) -> None:
    project, client = managed
    answer = client.post(f"/api/v1/projects/{project.pk}/runs/", body)
    assert answer.status_code in (400, 422) and answer.json()["code"] == code
    assert not TrainingRun.objects.exists()


def test_events_are_followed_from_a_number_on(managed: tuple[Project, Any]) -> None:
    project, client = managed
    run = run_of(project, state="failed")
    RunEvent.objects.bulk_create(
        RunEvent(run=run, no=no, kind="log", data={"message": f"line {no}"}) for no in (1, 2, 3)
    )
    document = client.get(f"/api/v1/runs/{run.pk}/?after=1").json()
    assert [event["no"] for event in document["events"]] == [2, 3]
    assert client.get(f"/api/v1/runs/{run.pk}/?after=x").json()["code"] == "bad_after"


def test_a_run_is_cancelled_once(managed: tuple[Project, Any]) -> None:
    project, client = managed
    run = client.post(f"/api/v1/projects/{project.pk}/runs/", {}).json()
    assert client.post(f"/api/v1/runs/{run['id']}/cancel/").json()["state"] == "cancelled"
    again = client.post(f"/api/v1/runs/{run['id']}/cancel/")
    assert again.status_code == 409 and again.json()["code"] == "run_not_under_way"


def test_versions_tell_their_holdout_and_which_one_serves(
    digits: MakeProject, make_client: Client
) -> None:
    project = digits(60, active=25)
    older = trained(project, serving=False)
    ModelVersion.objects.filter(pk=older.pk).update(metrics={"holdout": FIGURES})
    trained(project)
    client = make_client(project.created_by)
    newest, oldest = client.get(f"/api/v1/projects/{project.pk}/versions/").json()["results"]
    assert (newest["serving"], oldest["serving"]) == (True, False)
    assert newest["holdout"] is None and oldest["holdout"]["accuracy"] == 0.9
    assert client.post(f"/api/v1/versions/{older.pk}/promote/").json()["serving"]
    assert [v.pk for v in ModelVersion.objects.filter(serving=True)] == [older.pk]


@pytest.mark.parametrize(
    ("role", "reading", "writing"),
    [("manager", 200, 201), ("reviewer", 200, 403), ("labeler", 403, 403), (None, 404, 404)],
)
def test_reviewers_look_and_managers_act(
    project: Project, make_client: Client, role: str | None, reading: int, writing: int
) -> None:
    run = run_of(project)
    version = ModelVersion.objects.create(project=project, run=run, number=1, sha256="0" * 64)
    who = factories.member(project, role=role) if role else factories.user()
    client = make_client(who)
    here = f"/api/v1/projects/{project.pk}"
    for address in (f"{here}/runs/", f"{here}/versions/", f"/api/v1/runs/{run.pk}/"):
        assert client.get(address).status_code == reading, address
    assert client.post(f"{here}/runs/", {}).status_code == writing
    refused = {403, 404} if writing != 201 else {409, 503}
    assert client.post(f"/api/v1/runs/{run.pk}/cancel/").status_code in refused
    assert client.post(f"/api/v1/versions/{version.pk}/promote/").status_code in refused


def test_nobody_signed_in_sees_nothing(project: Project, make_client: Client) -> None:
    run = run_of(project)
    assert make_client().get(f"/api/v1/runs/{run.pk}/").status_code == 401


def test_the_report_draws_both_arms_against_votes(managed: tuple[Project, Any]) -> None:
    project, client = managed
    run_of(project, metrics={"holdout": FIGURES, "votes": 40, "labels": 20})
    run_of(project, arm="random", metrics={"holdout": FIGURES, "votes": 12, "labels": 6})
    run_of(project, metrics={"holdout": {"count": 0}, "votes": 10, "labels": 5})
    run_of(project, state="failed", metrics={})
    curve = client.get(f"/api/v1/projects/{project.pk}/report/").json()["learning_curve"]
    assert [(point["votes"], point["accuracy"]) for point in curve["active"]] == [(40, 0.9)]
    assert [point["labels"] for point in curve["random"]] == [6]


def test_the_report_names_the_serving_version(managed: tuple[Project, Any]) -> None:
    project, client = managed
    report = f"/api/v1/projects/{project.pk}/report/"
    assert client.get(report).json()["model"] is None
    run = run_of(project)
    ModelVersion.objects.create(
        project=project, run=run, number=4, sha256="0" * 64, serving=True, metrics=run.metrics
    )
    model = client.get(report).json()["model"]
    assert (model["version"], model["accuracy"], model["holdout"]) == (4, 0.9, 50)
