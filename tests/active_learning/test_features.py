"""Features at import: computed once, ordering the queue before anybody has answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from active_learning.actions import features
from active_learning.actions.features import (
    check_features,
    compute_features,
    encoder_of,
    features_folder,
    pretrain_encoder,
)
from active_learning.actions.order import projects_to_order
from active_learning.actions.publish import artifact_folder
from active_learning.actions.score import score_items
from active_learning.actions.start import check_training, start_run
from active_learning.jobs import check
from active_learning.learning.feature_store import FeatureStore
from active_learning.models import DatasetFeatures, QueueOrder
from annotations.actions.project import draws_for, open_tasks
from annotations.models import Project, Seat, Task
from labelhub.jobs import claim as claims
from labelhub.jobs.models import Job
from tests import factories
from tests.active_learning.conftest import (
    MakeProject,
    Work,
    digits_dataset,
    make_due,
    open_tasks_of,
    settle,
    trained,
)

pytestmark = pytest.mark.django_db(transaction=True)
CLASSES = set("0123456789")


@pytest.fixture(autouse=True)
def own_features(settings: Any, tmp_path: Path) -> None:
    """Ids of datasets come again in the next test; what was computed for them must not."""
    settings.FEATURES_DIR = tmp_path / "features"


def encoder_made(dataset: object, monkeypatch: pytest.MonkeyPatch) -> str:
    """A real encoder of few steps: what counts here is what is done with it."""
    monkeypatch.setattr(features, "FEWEST", 40)
    monkeypatch.setattr(settings, "PRETRAIN_CPU_SECONDS", 1)
    check_features()
    job = Job.objects.get(kind="pretrain_encoder", state="pending")
    make_due(job)
    pretrain_encoder(dataset=dataset, claim=claims.claim(job.pk))
    return encoder_of(dataset.pk)


def head_of(project: Project, count: int) -> list[Task]:
    rows = project.tasks.select_related("item__known_label").order_by("-priority", "pk")
    return list(rows[:count])


def test_new_pictures_are_looked_at_once(work: Work) -> None:
    dataset = digits_dataset(50)
    check_features()
    check_features()
    assert work() == ["compute_features"]
    check_features()
    assert not Job.objects.filter(state="pending").exists()
    (store,) = features_folder(dataset.pk).glob("hog-*.keys")
    assert len(FeatureStore(store.parent, store.stem, 1296)) == 50


def test_pictures_that_come_later_are_added() -> None:
    dataset = digits_dataset(20)
    assert compute_features(dataset=dataset) == 20
    factories.add_items(dataset, 3)  # their files are missing: looked at all the same
    assert compute_features(dataset=dataset) == 3
    assert compute_features(dataset=dataset) == 0
    assert DatasetFeatures.objects.get().items == 23


def test_pictures_are_not_looked_at_while_an_import_adds_more() -> None:
    dataset = digits_dataset(5)
    factories_job = Job.objects.create(kind="import_items", payload={"dataset": dataset.pk})
    check_features()
    assert not Job.objects.filter(kind="compute_features").exists()
    factories_job.delete()
    check_features()
    assert Job.objects.filter(kind="compute_features").exists()


def test_before_any_answer_typical_pictures_of_every_kind_come_first(
    digits: MakeProject, work: Work
) -> None:
    project = digits(400, labelers=1)
    check_features()
    assert work("compute_features", "score_items") == ["compute_features", "score_items"]
    seen = {task.item.known_label.value for task in head_of(project, 20)}
    assert len(seen) >= 8
    first = factories.lease(project, factories.labelers_of(project)[0])
    assert first.task == head_of(project, 1)[0]
    assert "Typical" in first.task.reason["text"]


def test_a_project_in_random_order_stays_so(digits: MakeProject) -> None:
    project = digits(40, strategy="uniform")
    before = [task.pk for task in head_of(project, 40)]
    compute_features(dataset=project.dataset)
    assert projects_to_order() == [] or score_items(project=project) is None
    assert [task.pk for task in head_of(project, 40)] == before


def test_tasks_of_the_random_arm_keep_their_place(digits: MakeProject) -> None:
    project = digits(120, random_share=0.5)
    arm = project.tasks.filter(arm="random").order_by("pk")
    before = list(arm.values_list("pk", "priority"))
    score_items(project=project)
    assert list(arm.values_list("pk", "priority")) == before


def test_a_second_order_puts_earlier_picks_back_where_they_were(digits: MakeProject) -> None:
    project = digits(150)
    score_items(project=project)
    settle(open_tasks_of(project, "active", 140))
    score_items(project=project)
    for task in project.tasks.filter(status="open", priority__lte=1).select_related("item"):
        assert task.priority == draws_for(project.pk, task.item.sha256)[1]
    assert project.tasks.filter(status="open", priority__gt=1).count() == 10


def test_the_order_is_made_again_for_later_tasks_alone(digits: MakeProject) -> None:
    project = digits(30)
    assert projects_to_order() == []  # nobody has looked at the pictures yet
    compute_features(dataset=project.dataset)
    Job.objects.all().delete()
    assert projects_to_order() == [project.pk]
    score_items(project=project)
    assert projects_to_order() == []
    factories.add_items(project.dataset, 1)
    open_tasks(project=project)
    compute_features(dataset=project.dataset)
    Job.objects.all().delete()
    assert projects_to_order() == [project.pk]


def test_seats_follow_the_order(digits: MakeProject) -> None:
    project = digits(60)
    score_items(project=project)
    # One that waits for the task's earlier seat takes the task's place when its turn comes.
    asked = Seat.objects.filter(project=project).exclude(lane=Seat.Lane.PARALLEL)
    for seat in asked.select_related("task"):
        assert seat.priority == seat.task.priority


def test_an_encoder_orders_the_queue_anew_and_serves_the_models(
    digits: MakeProject, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    project = digits(150, recipe="fast")
    compute_features(dataset=project.dataset)
    work("score_items")
    assert QueueOrder.objects.get().encoder == ""
    encoder = encoder_made(project.dataset, monkeypatch)
    assert (artifact_folder(encoder) / "artifact.json").is_file()
    work("score_items")
    assert QueueOrder.objects.get().encoder == encoder
    settle(open_tasks_of(project, "active", 60))
    check_training()
    work("train_model")
    run = project.runs.get()
    assert (run.state, run.encoder) == ("done", encoder)
    assert "ssl" in str(run.events.filter(kind="log").values_list("data", flat=True))


def test_a_grown_dataset_gets_a_new_encoder_when_it_is_half_as_large_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(features, "FEWEST", 10)
    dataset = factories.dataset(items=14)
    row = {"items": 14, "encoder": "e" * 64, "pretrained_on": 10}
    DatasetFeatures.objects.create(dataset=dataset, **row)
    check_features()
    assert not Job.objects.exists()
    factories.add_items(dataset, 1)
    DatasetFeatures.objects.update(items=15)
    check_features()
    assert Job.objects.get().kind == "pretrain_encoder"


def test_pictures_without_files_are_tried_once_and_nothing_fails(
    monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    monkeypatch.setattr(features, "FEWEST", 10)
    factories.project(on=factories.dataset(items=15))
    check()
    check()
    assert work() == ["compute_features", "score_items"]
    check()
    assert work() == ["find_duplicates"]
    check()
    assert work() == []
    assert DatasetFeatures.objects.get().unreadable == 15
    assert not Job.objects.exclude(state="done").exists()


def test_too_few_readable_pictures_are_no_failure_and_wait_for_many_more(
    monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    monkeypatch.setattr(features, "FEWEST", 10)
    DatasetFeatures.objects.create(dataset=digits_dataset(12), items=12)  # files not counted yet
    check_features()
    assert work() == ["pretrain_encoder"]
    job = Job.objects.get(kind="pretrain_encoder")
    assert job.state == "done"
    assert job.result["reason"] == "12 pictures are too few to learn features from."
    check_features()
    assert work() == []


def test_a_training_run_goes_before_an_encoder(
    digits: MakeProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = digits(60, active=25)
    monkeypatch.setattr(features, "FEWEST", 40)
    compute_features(dataset=project.dataset)
    check_features()
    start_run(project=project, trigger="by hand")
    job = Job.objects.get(kind="pretrain_encoder")
    result = pretrain_encoder(dataset=project.dataset, claim=claims.claim(job.pk))
    assert result["encoder"] is None
    assert Job.objects.filter(kind="pretrain_encoder", state="pending").count() == 1


def test_models_are_trained_again_once_better_features_are_there(digits: MakeProject) -> None:
    project = digits(60, active=30, recipe="fast")
    version = trained(project)
    project.runs.update(labelled=30, recipe="fast")
    assert check_training() == []
    folder = artifact_folder(version.sha256)  # any artifact: only its name is looked at
    DatasetFeatures.objects.create(dataset=project.dataset, encoder=folder.name)
    (run,) = check_training()
    assert "Features" in run.trigger


def test_deleted_datasets_leave_no_features(tmp_path: object) -> None:
    from active_learning.actions.sweep import sweep_folders

    dataset = digits_dataset(5)
    compute_features(dataset=dataset)
    folder = features_folder(dataset.pk)
    assert folder not in sweep_folders(grace_seconds=0)
    dataset.items.all().delete()
    dataset.delete()
    assert folder in sweep_folders(grace_seconds=0)
    assert settings.FEATURES_DIR.is_dir()
