"""A worker whose data folder is empty trains, scores and serves from what another one made."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from active_learning.actions import chunks
from active_learning.actions.features import compute_features, features_at_hand, features_folder
from active_learning.actions.publish import ArtifactMissing, artifact_folder, folder_of
from active_learning.actions.score import score_items
from active_learning.actions.shared_folders import SUMS
from active_learning.actions.snapshot import snapshot_at_hand, snapshot_folder
from active_learning.actions.start import repeat_run, start_run
from active_learning.actions.sweep import sweep_folders
from active_learning.learning.artifact import WEIGHTS
from active_learning.learning.feature_store import FeatureStore, list_stores
from active_learning.models import ModelVersion, RunEvent, Score, Scoring, TrainingRun
from annotations.models import Project
from labelhub import storage
from labelhub.backup.run import back_up
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from labelhub.shared import ObjectDamaged, Shared, shared_storage
from labelhub.shared_files import SharedFiles
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, make_due, trained
from tests.active_learning.test_forget import take_down
from tests.machines import Machine, machine, s3, shared_place

__all__ = ["machine", "s3", "shared_place"]
pytestmark = pytest.mark.django_db(transaction=True)


def shared() -> Shared:
    found = shared_storage()
    assert found is not None
    return found


def order_of(project: Project) -> list[int]:
    rows = project.tasks.filter(status="open").order_by("-priority", "pk")
    return list(rows.values_list("pk", flat=True))


def pictures_here() -> list[Path]:
    files = storage.originals()
    assert isinstance(files, SharedFiles)
    return list(files._paths())


def stores_of(dataset_id: int) -> dict[str, FeatureStore]:
    folder = features_folder(dataset_id)
    return {one.name: FeatureStore(folder, one.name, one.length) for one in list_stores(folder)}


def test_a_machine_with_nothing_orders_a_queue_as_the_one_that_trained(
    digits: MakeProject, machine: Machine
) -> None:
    project = digits(60, active=25)
    trained(project)
    score_items(project=project)
    order, said = order_of(project), set(Score.objects.values_list("task", "predicted"))
    project.tasks.update(priority=0.5)
    Score.objects.all().delete()
    machine("b")
    scored = score_items(project=project)
    assert scored is not None and (scored.scored, scored.skipped) == (35, 0)
    assert order_of(project) == order
    assert set(Score.objects.values_list("task", "predicted")) == said


def test_chunks_are_predicted_on_one_machine_and_put_together_on_another(
    digits: MakeProject, machine: Machine, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "ONE_PIECE", 20)
    monkeypatch.setattr(chunks, "CHUNK", 30)
    project = digits(60, active=25)
    trained(project)
    assert score_items(project=project) is None
    first, second = Scoring.objects.get().chunks.order_by("no")
    for name, chunk in (("b", first), ("c", second)):
        machine(name)
        job = Job.objects.get(pk=chunk.job_id)
        assert work_one(job) == Job.State.DONE
    machine("d")
    assert work("order_scored") == ["order_scored"]
    assert Score.objects.count() == 35 and not Scoring.objects.exists()
    assert list(storage.predictions().names()) == []


def work_one(job: Job) -> str | None:
    make_due(job)
    return run_job(job.pk)


def test_what_one_machine_froze_another_trains_on_with_the_same_weights(
    digits: MakeProject, machine: Machine, work: Work
) -> None:
    project = digits(60, active=25)
    start_run(project=project, trigger="by hand", recipe="hog_logreg")
    assert "train_model" in work("train_model")
    first = ModelVersion.objects.get()
    machine("b")
    repeat_run(run=first.run, by=factories.admin())
    assert work("train_model") == ["train_model"]
    second = ModelVersion.objects.latest("pk")
    assert second.run.state == TrainingRun.State.DONE and second.sha256 == first.sha256
    assert snapshot_folder(first.run.snapshot.sha256).is_dir()


def test_a_copy_that_went_bad_is_fetched_anew(digits: MakeProject, machine: Machine) -> None:
    version = trained(digits(60, active=25))
    whole = (folder_of(version) / WEIGHTS).read_bytes()
    for name in ("a", "b"):
        machine(name)
        weights = folder_of(version) / WEIGHTS
        weights.chmod(0o600)
        weights.write_bytes(whole[:-1] + b"!")
        assert (folder_of(version) / WEIGHTS).read_bytes() == whole
        (folder_of(version) / WEIGHTS).unlink()
        assert (folder_of(version) / WEIGHTS).read_bytes() == whole


def test_what_is_gone_from_the_storage_is_named_on_the_job(
    digits: MakeProject, machine: Machine, work: Work
) -> None:
    project = digits(60, active=25)
    version = trained(project)
    machine("b")
    shared().delete(f"models/{version.sha256}/{SUMS}")
    with pytest.raises(ArtifactMissing, match=version.sha256):
        score_items(project=project)
    shared().delete(f"models/{version.sha256}/{WEIGHTS}")
    machine("a")
    folder_of(version)  # who has it hands it on
    machine("b")
    assert folder_of(version) == artifact_folder(version.sha256)


def test_bad_bytes_in_the_storage_are_refused_and_leave_nothing(
    digits: MakeProject, machine: Machine, tmp_path: Path
) -> None:
    version = trained(digits(60, active=25))
    name = f"models/{version.sha256}/{WEIGHTS}"
    (tmp_path / "bad").write_bytes(b"bad")
    shared().put(name, tmp_path / "bad")
    machine("b")
    with pytest.raises(ObjectDamaged, match=name):
        folder_of(version)
    assert not artifact_folder(version.sha256).exists()
    assert list(artifact_folder(version.sha256).parent.iterdir()) == []


def test_features_come_along_and_pictures_do_not(digits: MakeProject, machine: Machine) -> None:
    project = digits(60, active=25)
    compute_features(dataset=project.dataset)
    trained(project)
    here = stores_of(project.dataset_id)
    machine("b")
    features_at_hand(project.dataset_id)
    there = stores_of(project.dataset_id)
    assert there.keys() == here.keys() != set()
    for name, store in there.items():
        rows = np.arange(len(store))
        assert store.hashes(rows) == here[name].hashes(rows)
        assert np.array_equal(store.take(rows), here[name].take(rows))
    assert score_items(project=project) is not None
    assert pictures_here() == []


def test_each_machine_gives_what_the_other_lacks(digits: MakeProject, machine: Machine) -> None:
    dataset = digits(20).dataset_id
    for name, digit in (("a", "1"), ("b", "2")):
        machine(name)
        features_folder(dataset).mkdir(parents=True)
        store = FeatureStore(features_folder(dataset), "hog-x", 4)
        store.add([digit * 64], np.full((1, 4), int(digit), np.float32))
        features_at_hand(dataset)
    for name in ("a", "b", "a"):
        machine(name)
        features_at_hand(dataset)
        store = stores_of(dataset)["hog-x"]
        assert store.take(store.rows(["1" * 64, "2" * 64])).tolist() == [[1] * 4, [2] * 4]
    (features_folder(dataset) / "hog-x.keys").write_bytes(b"")  # torn: put together again
    features_at_hand(dataset)
    assert len(stores_of(dataset)["hog-x"]) == 2
    # A machine that lost its ledger hands its rows on once more: equal rows, however ordered.
    assert len(list(shared().names(f"features/{dataset}/parts"))) <= 3


def test_a_picture_that_nobody_has_is_left_out_and_named(
    digits: MakeProject, machine: Machine, work: Work
) -> None:
    project = digits(60, active=25)
    start_run(project=project, trigger="by hand", recipe="hog_logreg")
    lost = project.tasks.filter(status="settled").order_by("pk").first()
    storage.originals().delete(lost.item.sha256)
    machine("b")
    work("train_model")
    run = TrainingRun.objects.get()
    told = [str(one) for one in RunEvent.objects.filter(run=run).values_list("data", flat=True)]
    assert run.state == TrainingRun.State.DONE
    assert any(f"item {lost.item_id} is left out" in line for line in told)


def test_a_storage_that_is_away_fails_the_run_for_now_and_not_the_labels(
    digits: MakeProject, machine: Machine, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = digits(60, active=25)
    run = start_run(project=project, trigger="by hand", recipe="hog_logreg")
    machine("b")

    really = type(shared().storage)._open

    def away(storage: object, name: str, mode: str = "rb") -> object:
        if name.startswith("files/"):
            raise ConnectionError("no route")
        return really(storage, name, mode)

    monkeypatch.setattr(type(shared().storage), "_open", away)
    work("train_model")
    job = Job.objects.get(kind="train_model")
    assert job.state == Job.State.PENDING and "no route" in str(job.error)
    assert job.error["code"] == "learning_interrupted"
    monkeypatch.undo()
    assert work_one(job) == Job.State.DONE
    run.refresh_from_db()
    assert run.state == TrainingRun.State.DONE


def test_folders_that_no_row_names_go_from_the_storage_too(
    digits: MakeProject, machine: Machine, tmp_path: Path
) -> None:
    version = trained(digits(60, active=25))
    (tmp_path / "x").write_bytes(b"x")
    for name in ("models/f00/x", "snapshots/f00/x", "features/999999/parts/aa/bb/x"):
        shared().put(name, tmp_path / "x")
    sweep_folders(grace_seconds=3600)
    assert shared().exists("models/f00/x")
    sweep_folders(grace_seconds=-1)
    assert [
        place
        for place in ("models", "snapshots", "features")
        for name in shared().names(place)
        if name.endswith("x")
    ] == []
    machine("b")
    assert folder_of(version).is_dir()


def test_what_was_there_before_sharing_is_handed_on_by_command(
    digits: MakeProject, machine: Machine, settings: Any
) -> None:
    together = settings.STORAGES
    settings.STORAGES = {name: how for name, how in together.items() if name != "shared"}
    with pytest.raises(CommandError, match="SHARED_STORAGE"):
        call_command("share_files")
    project = digits(60, active=25)
    version = trained(project)
    settings.STORAGES = together
    call_command("share_files", stdout=io.StringIO())
    machine("b")
    assert folder_of(version).is_dir()
    assert score_items(project=project) is not None
    assert len(pictures_here()) == 60


def test_a_backup_holds_what_only_the_shared_storage_has(
    digits: MakeProject, machine: Machine, tmp_path: Path
) -> None:
    version = trained(digits(60, active=25))
    expected = {f"data/models/{version.sha256}/{WEIGHTS}"}
    expected |= {f"data/files/{path.relative_to(pictures_root())}" for path in pictures_here()}
    machine("b")
    back_up(tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as archive:
        names = [name for name in archive.getnames() if name.startswith("data/")]
    assert set(names) >= expected and len(names) == len(set(names))
    assert not any(name.endswith(SUMS) for name in names)


def pictures_root() -> Path:
    return storage.originals().root


def test_what_is_taken_down_is_forgotten_on_all_machines(
    digits: MakeProject, machine: Machine
) -> None:
    project = digits(60, active=25)
    version = trained(project)
    compute_features(dataset=project.dataset)
    machine("b")
    features_at_hand(project.dataset_id)
    snapshot = snapshot_at_hand(version.run.snapshot.sha256)
    lost = project.tasks.filter(status="settled").order_by("pk").select_related("item").first().item
    assert str(lost.id) in (snapshot / "items.jsonl").read_text()
    machine("c")  # which has nothing of it
    takedown = take_down(project.dataset, lost.id)
    assert [row["version"] for row in takedown.found["models"]] == [version.number]
    assert not storage.originals().exists(lost.sha256)
    for name in ("a", "b", "d"):
        machine(name)
        features_at_hand(project.dataset_id)
        for store in stores_of(project.dataset_id).values():
            assert store.rows([lost.sha256])[0] == -1
        text = (snapshot_at_hand(version.run.snapshot.sha256) / "items.jsonl").read_text()
        assert all(json.loads(line)["id"] != lost.id for line in text.splitlines())
    for part in shared().names(f"features/{project.dataset_id}/parts"):
        assert bytes.fromhex(lost.sha256) not in shared().read(
            f"features/{project.dataset_id}/parts/{part}"
        )
