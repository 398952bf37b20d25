"""Projects on real pictures: scikit-learn's handwritten digits, as files in storage."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from PIL import Image
from sklearn.datasets import load_digits

from active_learning.actions.child import Child
from active_learning.actions.publish import artifact_folder, keep_artifact
from active_learning.actions.snapshot import freeze_snapshot, snapshot_folder
from active_learning.actions.train import FIT
from active_learning.models import ModelVersion, TrainingRun
from annotations.models import Dataset, Item, Project, Task
from labelhub import storage
from labelhub.jobs.models import Job
from labelhub.jobs.run import run_job
from tests import factories

MakeProject = Callable[..., Project]
Work = Callable[..., list[str]]


def digit_pngs(count: int) -> tuple[list[bytes], list[str]]:
    digits = load_digits()
    return [_png(image) for image in digits.images[:count]], digits.target[:count].astype(str)


def _png(image: np.ndarray[Any, Any]) -> bytes:
    out = io.BytesIO()
    Image.fromarray((255 - image * (255 / 16)).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _fresh_snapshots() -> None:
    """Forget frozen folders: SQLite gives an undone test's ids, and so their names, to the next."""
    shutil.rmtree(settings.SNAPSHOTS_DIR, ignore_errors=True)


def digits_dataset(count: int, *, groups: Sequence[str] = ("",)) -> Dataset:
    """Digits as items with their files and their hidden truth; groups take turns."""
    blobs, labels = digit_pngs(count)
    row = factories.dataset()
    stored = storage.originals().save_many(blobs)
    Item.objects.bulk_create(
        Item(
            dataset=row,
            sha256=file.sha256,
            filename=f"{index:04}.png",
            media_type="image/png",
            byte_size=file.size,
            width=8,
            height=8,
            group=groups[index % len(groups)],
        )
        for index, file in enumerate(stored)
    )
    for item, label in zip(row.items.order_by("pk"), labels, strict=True):
        factories.know(item, label)
    Dataset.objects.filter(pk=row.pk).update(item_count=count)
    row.refresh_from_db()
    return row


def settle(tasks: Sequence[Task], *, confidence: float = 0.97, label: str = "") -> None:
    """Settle tasks as agreeing labelers would, on their hidden truth or on a given label."""
    for task in tasks:
        task.label = label or task.item.known_label.value
        task.answer, task.distribution = {"choice": task.label}, {task.label: confidence}
        task.status, task.confidence = Task.Status.SETTLED, confidence
        task.votes = 3 if task.arm == Task.Arm.RANDOM else 2
        task.settled_at = timezone.now()
    fields = ["label", "answer", "distribution", "status", "votes", "confidence", "settled_at"]
    Task.objects.bulk_update(tasks, fields)


def open_tasks_of(project: Project, arm: str, count: int) -> list[Task]:
    """The first open tasks of an arm."""
    rows = project.tasks.filter(arm=arm, status=Task.Status.OPEN).order_by("pk")
    return list(rows.select_related("item__known_label")[:count])


@pytest.fixture
def digits(db: None) -> MakeProject:
    """Return a function that makes a project on digits with some tasks settled in each arm."""

    def make(
        items: int = 100, *, active: int = 0, random: int = 0, groups: Any = ("",), **options: Any
    ) -> Project:
        options.setdefault("random_share", 0.3 if random else 0.0)
        project = factories.project(on=digits_dataset(items, groups=groups), **options)
        settle(open_tasks_of(project, Task.Arm.ACTIVE, active))
        settle(open_tasks_of(project, Task.Arm.RANDOM, random))
        return Project.objects.select_related("schema").get(pk=project.pk)

    return make


@pytest.fixture
def work(db: None) -> Work:
    """Return a function that does what workers would: run the waiting jobs until none is left."""

    def work(*kinds: str) -> list[str]:
        done = []
        while job := _next_job(kinds):
            make_due(job)
            run_job(job.pk)
            done.append(job.kind)
        return done

    return work


def make_due(job: Job) -> None:
    """Spare the test the wait before a job."""
    Job.objects.filter(pk=job.pk).update(run_after=F("created_at"))


def _next_job(kinds: Sequence[str]) -> Job | None:
    waiting = Job.objects.filter(state=Job.State.PENDING, attempts=0).order_by("pk")
    return (waiting.filter(kind__in=kinds) if kinds else waiting).first()


_artifacts: dict[str, str] = {}


def trained(project: Project, *, serving: bool = True) -> ModelVersion:
    """A finished run and its version; equal labels are fitted once for all tests."""
    snapshot = freeze_snapshot(project=project, arm="active")
    run = TrainingRun.objects.create(
        project=project, snapshot=snapshot, recipe="hog_logreg", state="done"
    )
    key = (snapshot_folder(snapshot.sha256) / "items.jsonl").read_text()
    if key not in _artifacts or not artifact_folder(_artifacts[key]).is_dir():
        _artifacts[key] = _fit(snapshot_folder(snapshot.sha256))
    number = project.model_versions.count() + 1
    return ModelVersion.objects.create(
        project=project, run=run, number=number, sha256=_artifacts[key], serving=serving
    )


def _fit(snapshot: Path) -> str:
    folder = Path(settings.MODELS_DIR) / "test-artifact"
    with Child(FIT, [str(snapshot), str(folder), "--recipe", "hog_logreg"]) as child:
        list(child.events())
        child.wait().raise_for_status()
    return keep_artifact(folder).sha256
