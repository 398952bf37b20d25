"""When a run starts by itself, and that a project trains one at a time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from active_learning.actions.start import (
    RunInProgress,
    cancel_run,
    check_training,
    start_run,
    wanted_growth,
)
from active_learning.models import TrainingRun
from annotations.models import Project
from labelhub.errors import Conflict, Invalid
from labelhub.jobs import queue
from labelhub.jobs.models import Job
from tests.active_learning.conftest import MakeProject, open_tasks_of, settle

LONG_AGO = timedelta(hours=1)


def finished_run(project: Project, *, labelled: int, state: str = "done") -> TrainingRun:
    then = timezone.now() - LONG_AGO
    return TrainingRun.objects.create(
        project=project,
        recipe="hog_logreg",
        state=state,
        labelled=labelled,
        started_at=then,
        finished_at=then,
    )


def test_the_first_run_waits_for_twenty_settled_items(digits: MakeProject) -> None:
    project = digits(40, active=19)
    assert check_training() == []
    settle(open_tasks_of(project, "active", 1))
    (run,) = check_training()
    assert run.project == project and run.job.kind == "train_model"


def test_the_first_run_waits_for_two_classes(digits: MakeProject) -> None:
    project = digits(40)
    settle(open_tasks_of(project, "active", 25), label="3")
    assert check_training() == []
    settle(open_tasks_of(project, "active", 1), label="4")
    assert len(check_training()) == 1


@pytest.mark.parametrize(("labelled", "growth"), [(20, 20), (100, 20), (1000, 150)])
def test_later_runs_wait_for_fifteen_percent_and_twenty_labels(labelled: int, growth: int) -> None:
    assert wanted_growth(labelled) == growth


def test_a_later_run_starts_when_labels_have_grown(digits: MakeProject) -> None:
    project = digits(60, active=39)
    finished_run(project, labelled=20)
    assert check_training() == []
    settle(open_tasks_of(project, "active", 1))
    assert len(check_training()) == 1


def test_a_failed_run_is_not_repeated_on_the_same_labels(digits: MakeProject) -> None:
    finished_run(digits(40, active=20), labelled=20, state="failed")
    assert check_training() == []


def test_training_rests_as_long_as_it_worked(digits: MakeProject) -> None:
    project = digits(60, active=40)
    run = finished_run(project, labelled=20)
    run.finished_at = timezone.now()
    run.started_at = run.finished_at - timedelta(seconds=30)
    run.save()
    assert check_training() == []
    run.started_at = run.finished_at - timedelta(microseconds=1)
    run.save()
    assert len(check_training()) == 1


@pytest.mark.parametrize("options", [{"auto_train": False}, {"state": "paused"}])
def test_projects_that_do_not_train_by_themselves_are_left_alone(
    digits: MakeProject, options: dict[str, object]
) -> None:
    digits(40, active=25, **options)
    assert check_training() == []


def test_a_project_trains_one_run_at_a_time(digits: MakeProject) -> None:
    project = digits(40, active=25)
    start_run(project=project, trigger="by hand")
    with pytest.raises(RunInProgress):
        start_run(project=project, trigger="by hand")
    assert check_training() == []
    assert Job.objects.filter(kind="train_model").count() == 1


def test_an_unknown_recipe_is_refused_by_name(digits: MakeProject) -> None:
    with pytest.raises(Invalid, match="'magic'"):
        start_run(project=digits(10), trigger="by hand", recipe="magic")


def test_a_waiting_run_is_cancelled_at_once(digits: MakeProject) -> None:
    run = start_run(project=digits(40, active=25), trigger="by hand")
    cancel_run(run=run)
    assert run.state == "cancelled" and Job.objects.get().state == "cancelled"
    with pytest.raises(Conflict):
        cancel_run(run=run)


def test_a_run_whose_job_was_cancelled_elsewhere_ends_too(digits: MakeProject) -> None:
    project = digits(40, active=25)
    run = start_run(project=project, trigger="by hand")
    queue.cancel(run.job)
    check_training()
    run.refresh_from_db()
    assert run.state == "cancelled"
