"""From settled labels to a serving version, with real child processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from active_learning.actions.pin import pin_task
from active_learning.actions.publish import serving_version
from active_learning.actions.start import cancel_run, check_training, start_run
from active_learning.actions.train import work_folder
from active_learning.models import TrainingRun
from annotations.models import Project, Task
from labelhub.jobs.models import Job
from labelhub.jobs.queue import retry
from labelhub.jobs.run import run_job
from tests import factories
from tests.active_learning.conftest import (
    MakeProject,
    Work,
    make_due,
    open_tasks_of,
    settle,
    trained,
)
from tests.faults.fleet import database_url, wait_for
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def by_hand(project: Project, **options: Any) -> TrainingRun:
    return start_run(project=project, trigger="by hand", **options)


def fresh(run: TrainingRun) -> TrainingRun:
    return TrainingRun.objects.select_related("job", "project").get(pk=run.pk)


def test_votes_become_a_model_that_decides_what_is_asked_next(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, min_votes=1, confidence=0.5, labelers=1)
    (labeler,) = factories.labelers_of(project)
    for _ in range(20):
        seat = factories.lease(project, labeler)
        factories.vote(project, labeler, seat.task.item.known_label.value, seat=seat)
    (run,) = check_training()
    assert work() == ["train_model", "score_items"]
    assert fresh(run).state == "done", fresh(run).error
    asked = factories.lease(project, labeler).task
    assert asked.priority == 1.0
    assert "model" in asked.reason["text"] and asked.reason["version"] == 1


def test_a_run_keeps_its_figures_and_what_it_reported(digits: MakeProject, work: Work) -> None:
    run = by_hand(digits(130, active=70, random=12))
    work("train_model")
    run = fresh(run)
    held_out = run.metrics["holdout"]
    assert held_out["count"] == 12 and held_out["low"] < held_out["accuracy"] <= held_out["high"]
    assert run.metrics["votes"] == 140 and run.metrics["labels"] == 70 and run.cpu_seconds > 0
    kinds = list(run.events.order_by("no").values_list("kind", flat=True))
    assert {"start", "epoch", "metrics", "done", "log"} <= set(kinds)
    epoch = run.events.filter(kind="epoch").first().data
    assert epoch["train_loss"] > 0 and epoch["val_loss"] > 0


def test_after_a_run_the_control_asks_the_uniform_items_alone(
    digits: MakeProject, work: Work
) -> None:
    project = digits(150, active=25, random=25)
    by_hand(project)
    # The labelers may be fitted anew meanwhile, with the model's opinions.
    done = [kind for kind in work() if kind != "refit_consensus"]
    assert done == ["train_model", "score_items", "train_model"]
    control = project.runs.get(arm="random")
    assert control.state == "done", control.error
    assert control.metrics["holdout"]["count"] == 25 == control.metrics["labels"]
    assert 0.3 < control.metrics["holdout"]["accuracy"] < 1.0
    assert project.model_versions.count() == 1


def test_a_version_that_is_probably_worse_does_not_serve(digits: MakeProject, work: Work) -> None:
    project = digits(170, active=80, random=40)
    champion = trained(project)
    scramble(project)
    run = by_hand(project)
    work("train_model")
    assert fresh(run).state == "done"
    assert serving_version(project) == champion
    verdict = fresh(run).metrics["promotion"]
    assert not verdict["promoted"] and "probably worse" in verdict["reason"].lower()


def test_a_version_that_loses_a_pinned_item_does_not_serve(digits: MakeProject, work: Work) -> None:
    project = digits(170, active=100)
    champion = trained(project)
    task = project.tasks.filter(status="settled").first()
    pin_task(task=task, by=project.created_by)
    scramble(project)
    Task.objects.filter(pk=task.pk).update(label=task.label, distribution={task.label: 0.97})
    run = by_hand(project)
    work("train_model")
    verdict = fresh(run).metrics["promotion"]
    assert serving_version(project) == champion and not verdict["promoted"]
    assert "1 critical item is wrong now" in verdict["reason"]


def scramble(project: Project) -> None:
    tasks = list(project.tasks.filter(arm="active", status="settled"))
    for task in tasks:
        task.label = str((int(task.label) + 1) % 10)
        task.distribution = {task.label: 0.97}
    Task.objects.bulk_update(tasks, ["label", "distribution"])


def test_a_failed_run_keeps_its_reason_and_leaves_the_old_version_serving(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=25)
    champion = trained(project)
    for path in files_of(project):
        path.rename(path.with_suffix(".away"))
    run = by_hand(project)
    work("train_model")
    assert fresh(run).state == "failed" and "no training item can be read" in fresh(run).error
    assert fresh(run).job.state == "failed"
    assert serving_version(project) == champion
    for path in files_of(project):
        path.with_suffix(".away").rename(path)


def test_a_failed_run_can_be_tried_again(digits: MakeProject, work: Work) -> None:
    project = digits(60)
    run = by_hand(project)
    work("train_model")
    assert "two classes" in fresh(run).error
    settle(open_tasks_of(project, "active", 25))
    retry(fresh(run).job)
    work("train_model")
    assert fresh(run).state == "done" and fresh(run).error == ""


def files_of(project: Project) -> list[Path]:
    from labelhub import storage

    hashes = project.tasks.values_list("item__sha256", flat=True)
    return [storage.path_of(sha256) for sha256 in hashes]


def test_a_job_delivered_twice_trains_once(digits: MakeProject, work: Work) -> None:
    run = by_hand(digits(60, active=25))
    work("train_model")
    Job.objects.filter(pk=run.job_id).update(state="pending")
    run_job(run.job_id)
    assert fresh(run).project.model_versions.count() == 1
    assert fresh(run).events.filter(kind="start").count() == 1


def test_a_running_run_is_cancelled_and_its_process_ends(digits: MakeProject) -> None:
    run = by_hand(digits(60, active=25), recipe="small_cnn")
    with beside(lambda: cancel_when_it_reports(run)):
        run_job(run.job_id)
    assert fresh(run).state == "cancelled" and fresh(run).job.state == "cancelled"
    assert learners_of(os.getpid()) == []
    assert not fresh(run).project.model_versions.exists()


def cancel_when_it_reports(run: TrainingRun) -> None:
    wait_for(lambda: fresh(run).events.filter(kind="start").exists(), what="a report")
    cancel_run(run=fresh(run))


@pytest.mark.torch
def test_a_run_survives_the_death_of_its_worker_and_of_its_process(
    digits: MakeProject, settings: Any
) -> None:
    settings.TRAIN_CPU_SECONDS = 15
    run = by_hand(digits(60, active=25), recipe="small_cnn")
    kill_worker_after_a_checkpoint(run)
    assert fresh(run).state == "running"
    with beside(lambda: kill_child_after_a_checkpoint(run)):
        run_job(run.job_id)
    assert fresh(run).state == "running" and fresh(run).job.state == "pending"
    make_due(fresh(run).job)
    run_job(run.job_id)
    assert fresh(run).state == "done", fresh(run).error
    messages = [event.data.get("message", "") for event in run.events.filter(kind="log")]
    assert sum("resumed at step" in message for message in messages) == 2
    assert fresh(run).project.model_versions.get().serving
    assert not work_folder(run).exists()


def kill_worker_after_a_checkpoint(run: TrainingRun) -> None:
    """A worker in a process of its own, killed with -9; its child must go with it."""
    code = "import django; django.setup(); from labelhub.jobs.run import run_job; run_job({})"
    env = os.environ | {
        "LABELHUB_TEST_DIR": str(settings.DATA_DIR),
        "DATABASE_URL": database_url(),
        "TRAIN_CPU_SECONDS": str(settings.TRAIN_CPU_SECONDS),
    }
    worker = subprocess.Popen([sys.executable, "-c", code.format(run.job_id)], env=env)
    wait_for(lambda: bool(checkpoints_of(run)), what="a checkpoint")
    (child,) = learners_of(worker.pid)
    worker.kill()
    worker.wait()
    wait_for(lambda: not alive(child), what="the end of the orphan")
    Job.objects.filter(pk=run.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))


def kill_child_after_a_checkpoint(run: TrainingRun) -> None:
    seen = checkpoints_of(run)
    wait_for(lambda: bool(checkpoints_of(run) - seen), what="a new checkpoint")
    for child in learners_of(os.getpid()):
        os.kill(child, signal.SIGKILL)


def checkpoints_of(run: TrainingRun) -> set[str]:
    folder = work_folder(run) / "checkpoints"
    return {path.name for path in folder.glob("[!.]*")} if folder.is_dir() else set()


def learners_of(pid: int) -> list[int]:
    """Return the living learning processes that a process started."""
    found = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    lines = [line.split(None, 1) for line in found.stdout.splitlines()]
    return [int(child) for child, command in lines if "active_learning.learning" in command]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class beside(threading.Thread):
    """Do something in another thread while the body runs, and fail where it failed."""

    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.action, self.error = action, None

    def run(self) -> None:
        try:
            self.action()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self.join(timeout=PATIENCE)
        assert self.error is None, self.error


def test_training_again_on_the_same_snapshot_gives_the_same_bytes(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=25)
    runs = []
    for _ in range(2):
        runs.append(by_hand(project, seed=3))
        work("train_model")
    first, second = (fresh(run).version.sha256 for run in runs)
    assert first == second


def test_a_run_that_uses_up_its_time_fails_and_says_so() -> None:
    from active_learning.actions.child import Ended, LearningFailed

    with pytest.raises(LearningFailed, match="CPU seconds"):
        Ended(-signal.SIGXCPU, 700.0, "", None).raise_for_status()


def test_a_second_training_job_of_a_project_does_not_run_beside_the_first(
    digits: MakeProject,
) -> None:
    run = by_hand(digits(60, active=25))
    Job.objects.filter(pk=run.job_id).update(state="running", fence=1, attempts=1)
    Job.objects.filter(pk=run.job_id).update(lease_until=timezone.now() + timedelta(seconds=60))
    twin = Job.objects.get(pk=run.job_id)
    twin.pk, twin.state = None, "pending"
    twin.save()
    assert run_job(twin.pk) is None
