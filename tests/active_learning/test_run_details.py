"""Runs in detail: what they get wrong, what they cost, what they may cost, and done over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from active_learning.actions.budget import QuotaSpent, budget_of, quota_of
from active_learning.actions.publish import artifact_folder
from active_learning.actions.start import check_training, repeat_run, start_run
from active_learning.models import TrainingRun
from annotations.models import Project
from labelhub.errors import Conflict
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, open_tasks_of, settle

pytestmark = pytest.mark.django_db(transaction=True)
MakeClient = Callable[..., Any]


def finished(project: Project, work: Work, **options: Any) -> TrainingRun:
    run = start_run(project=project, trigger="by hand", recipe="hog_logreg", **options)
    work("train_model")
    run.refresh_from_db()
    assert run.state == "done", run.error
    return run


def spent(project: Project, seconds: float, *, hours_ago: float) -> TrainingRun:
    began = timezone.now() - timedelta(hours=hours_ago)
    return TrainingRun.objects.create(
        project=project, recipe="fast", state="done", cpu_seconds=seconds, started_at=began
    )


def test_mistakes_are_listed_with_the_surest_first(
    digits: MakeProject, work: Work, make_client: MakeClient
) -> None:
    project = digits(200, active=90, random=30)
    wrong = list(project.tasks.filter(arm="random", status="settled")[:3])
    for task in wrong:  # a model that learned the others cannot agree with these
        settle([task], label=str((int(task.label) + 1) % 10))
    run = finished(project, work)
    answer = make_client(project.created_by).get(f"/api/v1/runs/{run.pk}/mistakes/").json()
    assert answer["wrong"] == len(answer["results"]) >= 3
    assert answer["checked"] >= 30
    told = {row["task"]: row for row in answer["results"]}
    assert {task.pk for task in wrong} <= told.keys()
    assert all(row["said"] != row["truth"] for row in answer["results"])
    sure = [row["probability"] for row in answer["results"]]
    assert sure == sorted(sure, reverse=True)
    assert told[wrong[0].pk]["item"]["filename"] == wrong[0].item.filename
    events = make_client(project.created_by).get(f"/api/v1/runs/{run.pk}/").json()["events"]
    assert "mistakes" not in {event["kind"] for event in events}


def test_a_run_tells_what_it_used(digits: MakeProject, work: Work, make_client: MakeClient) -> None:
    project = digits(80, active=50)
    run = finished(project, work)
    document = make_client(project.created_by).get(f"/api/v1/runs/{run.pk}/").json()
    assert document["cpu_seconds"] > 0
    assert 20e6 < document["peak_bytes"] < 8e9
    assert document["device"] == "cpu"
    assert quota_of(project).spent == pytest.approx(run.cpu_seconds)


def test_a_repeated_run_gives_the_very_same_model_whatever_was_labeled_since(
    digits: MakeProject, work: Work
) -> None:
    project = digits(120, active=60)
    first = finished(project, work, seed=7)
    settle(open_tasks_of(project, "active", 20))
    again = repeat_run(run=first, by=project.created_by)
    work("train_model")
    again.refresh_from_db()
    assert (again.state, again.snapshot, again.seed) == ("done", first.snapshot, 7)
    weights = [
        (artifact_folder(run.version.sha256) / "weights.safetensors").read_bytes()
        for run in (first, again)
    ]
    assert weights[0] == weights[1]
    assert f"Run {first.pk} repeated" in again.trigger


def test_a_run_without_a_snapshot_cannot_be_repeated(digits: MakeProject) -> None:
    project = digits(10)
    with pytest.raises(Conflict, match="not kept"):
        repeat_run(run=spent(project, 1, hours_ago=1), by=project.created_by)


def test_a_spent_quota_refuses_people_and_holds_back_what_starts_by_itself(
    digits: MakeProject, make_client: MakeClient
) -> None:
    project = digits(80, active=50)
    Project.objects.filter(pk=project.pk).update(train_quota=100)
    oldest = spent(project, 60, hours_ago=20)
    spent(project, 41, hours_ago=1)
    project.refresh_from_db()
    with pytest.raises(QuotaSpent, match="used 101 of the 100 CPU seconds"):
        start_run(project=project, trigger="by hand")
    assert check_training() == []
    client = make_client(project.created_by)
    refused = client.post(f"/api/v1/projects/{project.pk}/runs/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "quota_spent")
    told = client.get(f"/api/v1/projects/{project.pk}/training-budget/").json()
    assert (told["quota"], told["left"], told["period"]) == (100, 0.0, "day")
    assert "raise that in the settings" in told["reason"]
    TrainingRun.objects.filter(pk=oldest.pk).update(started_at=timezone.now() - timedelta(hours=25))
    assert quota_of(project).left == 59
    assert len(check_training()) == 1


def test_in_all_means_that_nothing_is_forgotten(digits: MakeProject) -> None:
    project = digits(10, train_quota=100, train_quota_period="all")
    spent(project, 80, hours_ago=1000)
    assert quota_of(project).left == 20
    assert quota_of(project).frees_at is None


def test_a_run_gets_the_least_of_its_budget_and_what_is_left(
    digits: MakeProject, settings: Any
) -> None:
    settings.TRAIN_CPU_SECONDS = 600
    project = digits(30)
    run = TrainingRun(project=project, recipe="fast")
    assert budget_of(run) == 600
    run.budget = 50
    assert budget_of(run) == 50
    project.train_quota = 30
    assert budget_of(run) == 30


def test_budgets_are_set_by_managers_and_make_sense(
    digits: MakeProject, make_client: MakeClient
) -> None:
    project = digits(10)
    manager, url = make_client(project.created_by), f"/api/v1/projects/{project.pk}/"
    for value in (-1, "many", 1e12):
        changed = manager.patch(url, {"train_quota": value}, format="json")
        assert changed.status_code == 400, value
    changed = manager.patch(url, {"train_quota": 0}, format="json")
    assert changed.json()["train_quota"] == 0
    bad = manager.post(f"{url}runs/", {"budget": 0}, format="json")
    assert bad.status_code == 400
    reviewer = factories.member(project, role="reviewer")
    assert make_client(reviewer).patch(url, {"train_quota": 5}, format="json").status_code == 403
