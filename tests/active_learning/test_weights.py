"""Weights that somebody brought, from the operator's folder to a version that serves."""

from __future__ import annotations

import hashlib
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from active_learning.actions.publish import artifact_folder, read_artifact, serving_version
from active_learning.actions.start import check_training, repeat_run, start_run
from active_learning.actions.sweep import sweep_folders
from active_learning.actions.weights import WeightsRefused, pinned_weights
from active_learning.learning.artifact import WEIGHTS
from active_learning.learning.recipes import load_recipe
from active_learning.learning.recipes.base import Run
from active_learning.models import TrainingRun
from annotations.models import Project
from labelhub.jobs.models import Job
from tests.active_learning.conftest import MakeProject, Work, open_tasks_of, settle, trained
from tests.active_learning.learning.material import digit_items, snapshot_of

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "digits.safetensors"


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("elsewhere")
    items = digit_items(folder / "images", 60, start=500)
    made = load_recipe("small_cnn").fit(snapshot_of(items), Run(budget_cpu_seconds=2))
    made.save(folder / "made")
    return folder / "made" / WEIGHTS


@pytest.fixture
def shelf(settings: Any, brought: Path, tmp_path: Path) -> Path:
    """The operator's folder, with one sound file."""
    settings.WEIGHTS_FOLDER = tmp_path / "weights"
    settings.WEIGHTS_FOLDER.mkdir()
    shutil.copyfile(brought, settings.WEIGHTS_FOLDER / NAME)
    return Path(settings.WEIGHTS_FOLDER)


def by_hand(project: Project, **options: Any) -> TrainingRun:
    return start_run(project=project, trigger="by hand", **options)


def fresh(run: TrainingRun) -> TrainingRun:
    return TrainingRun.objects.select_related("job", "project", "version").get(pk=run.pk)


def test_a_project_on_brought_weights_trains_is_compared_and_serves(
    digits: MakeProject, work: Work, shelf: Path
) -> None:
    project = digits(170, active=80, random=40, recipe="external", weights=NAME)
    champion = trained(project)
    settle(open_tasks_of(project, "active", 20))
    run = by_hand(project)
    work("train_model")
    run = fresh(run)
    assert run.state == "done", run.error
    sha256 = hashlib.sha256((shelf / NAME).read_bytes()).hexdigest()
    assert run.weights == sha256
    told = read_artifact(artifact_folder(run.version.sha256))
    assert told.lineage["weights"] == sha256 and told.description["recipe"] == "external"
    verdict = run.metrics["promotion"]
    assert verdict["champion"] == champion.number and verdict["verdict"]["items"] == 40
    assert (serving_version(project) != champion) is verdict["promoted"]


def test_such_a_version_orders_the_queue(digits: MakeProject, work: Work, shelf: Path) -> None:
    project = digits(60, active=25, recipe="external", weights=NAME)
    run = by_hand(project)
    assert "score_items" in work()
    version = fresh(run).version
    assert serving_version(project) == version
    assert version.scores.count() == project.tasks.filter(status="open").count()


def test_a_run_repeats_after_the_file_has_changed(
    digits: MakeProject, work: Work, shelf: Path
) -> None:
    project = digits(60, active=25, recipe="external", weights=NAME)
    first = by_hand(project, seed=3)
    work("train_model")
    (shelf / NAME).unlink()
    sweep_folders(grace_seconds=0.0)
    second = repeat_run(run=fresh(first), by=project.created_by)
    work("train_model")
    assert fresh(second).version.sha256 == fresh(first).version.sha256
    assert pinned_weights(fresh(second).weights) is not None


@pytest.mark.parametrize("name", ["", "absent.safetensors", "../digits.safetensors", "notes.txt"])
def test_a_file_that_is_not_offered_is_refused(digits: MakeProject, shelf: Path, name: str) -> None:
    (shelf / "notes.txt").write_text("not weights")
    shutil.copyfile(shelf / NAME, shelf.parent / NAME)
    project = digits(60, active=25, recipe="external", weights=name)
    with pytest.raises(WeightsRefused):
        by_hand(project)
    assert check_training() == [] and not Job.objects.exists()


def test_hostile_weights_are_refused_before_a_run_and_within_one(
    digits: MakeProject, work: Work, shelf: Path
) -> None:
    project = digits(60, active=25, recipe="external", weights=NAME)
    champion = trained(project)
    run = by_hand(project)
    (shelf / NAME).write_bytes(pickle.dumps({"weights": [1.0]}))
    work("train_model")
    assert fresh(run).state == "failed" and "pickle" in fresh(run).error
    with pytest.raises(WeightsRefused, match="pickle"):
        by_hand(project)
    data = (8).to_bytes(8, "little") + b'{"a": 1}'
    (shelf / NAME).write_bytes(data)
    torn = by_hand(project)
    work("train_model")
    assert fresh(torn).state == "failed" and "not safetensors" in fresh(torn).error
    assert serving_version(project) == champion


def test_managers_choose_a_file_over_rest(
    project: Project, shelf: Path, make_client: Callable[..., Any]
) -> None:
    client = make_client(project.created_by)
    (shelf / ".hidden.safetensors").write_bytes(b"")
    (shelf / "notes.txt").write_bytes(b"")
    size = (shelf / NAME).stat().st_size
    assert client.get("/api/v1/weights/").json() == [{"name": NAME, "size": size}]
    address = f"/api/v1/projects/{project.pk}/"
    refused = client.post(f"{address}runs/", {"recipe": "external"})
    assert refused.status_code == 422 and refused.json()["code"] == "weights_refused"
    document = client.patch(address, {"recipe": "external", "weights": NAME}).json()
    assert (document["recipe"], document["weights"]) == ("external", NAME)
    run = client.post(f"{address}runs/", {})
    assert run.status_code == 201 and run.json()["recipe"] == "external"


def test_without_a_folder_nothing_is_offered(
    project: Project, settings: Any, make_client: Callable[..., Any]
) -> None:
    settings.WEIGHTS_FOLDER = None
    assert make_client(project.created_by).get("/api/v1/weights/").json() == []
