"""Transcriptions: settled texts train a reader, and what it is least sure of is asked first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from active_learning.actions.label_errors import find_label_errors
from active_learning.actions.read import NOTHING, ReadLine, reason_of
from active_learning.actions.snapshot import NotEnoughLabels, freeze_snapshot, snapshot_folder
from active_learning.actions.start import check_training, start_run
from active_learning.learning import text_contest
from active_learning.learning.datasets.snapshot import read_snapshot
from active_learning.learning.promotion import Verdict
from active_learning.learning.text_contest import Contender
from active_learning.models import LabelError, ModelVersion, Score
from annotations.models import Item, Project, Task
from labelhub import storage
from labelhub.errors import Invalid
from tests import factories
from tests.active_learning.conftest import Work
from tests.active_learning.learning.material import line_items

pytestmark = pytest.mark.django_db(transaction=True)

LINES = 30
JUDGED = 64


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Numbers of two to four digits, and a project that asks what they say; none is settled."""
    return numbers(tmp_path, LINES)


def numbers(folder: Path, count: int) -> Project:
    row = factories.dataset()
    made = line_items(folder, count)
    stored = storage.originals().save_many([item.file.read_bytes() for item in made])
    for item, file in zip(made, stored, strict=True):
        known = Item.objects.create(
            dataset=row,
            sha256=file.sha256,
            filename=item.file.name,
            media_type="image/png",
            byte_size=file.size,
            width=120,
            height=40,
        )
        factories.know(known, item.text or "")
    return factories.project(on=row, task_type="transcription", schema={})


def settle(tasks: list[Task], **answer: Any) -> None:
    for task in tasks:
        text = task.item.known_label.value
        task.answer = answer or {"text": text}
        task.label, task.confidence, task.votes = text, 0.97, 2
        task.status = Task.Status.SETTLED
    Task.objects.bulk_update(tasks, ["answer", "label", "confidence", "votes", "status"])


def tasks_of(project: Project, count: int) -> list[Task]:
    return list(project.tasks.select_related("item__known_label").order_by("pk")[:count])


def test_the_serving_reader_weighs_settled_texts(tmp_path: Path, work: Work, settings: Any) -> None:
    settings.TRAIN_CPU_SECONDS = 5
    project = numbers(tmp_path, JUDGED)
    settle(tasks_of(project, JUDGED))
    find_label_errors(project=project)
    assert {frozenset(error.parts) for error in doubted(project)} == {frozenset({"fit"})}
    check_training()
    work()
    report = find_label_errors(project=project)
    assert report.judged == JUDGED
    assert {frozenset(error.parts) for error in doubted(project)} == {frozenset({"fit", "model"})}
    assert all(
        error.score == pytest.approx(error.parts["model"], abs=1e-3) for error in doubted(project)
    )


def doubted(project: Project) -> list[LabelError]:
    return list(LabelError.objects.filter(project=project))


def test_texts_train_a_reader_that_decides_what_is_asked_next(
    project: Project, work: Work, settings: Any
) -> None:
    settings.TRAIN_CPU_SECONDS = 8
    settle(tasks_of(project, 20))
    (run,) = check_training()
    assert (run.recipe, work()) == ("line_crnn", ["train_model", "score_items"])
    run.refresh_from_db()
    assert run.state == "done", run.error
    version = ModelVersion.objects.get(project=project, serving=True)
    assert "cer" in version.metrics["train"]
    waiting = project.tasks.filter(status=Task.Status.OPEN).order_by("-priority")
    chances = [Score.objects.get(task=task).probability for task in waiting]
    assert len(chances) == LINES - 20
    assert chances == sorted(chances)
    first = waiting[0]
    assert first.reason["version"] == version.number
    assert first.reason["text"].startswith("The model reads")


def test_a_snapshot_of_texts_leaves_out_what_nobody_could_read(project: Project) -> None:
    tasks = tasks_of(project, 4)
    settle(tasks[:2])
    settle(tasks[2:3], text="", illegible=True)
    settle(tasks[3:], text="two\nlines")
    snapshot = freeze_snapshot(project=project, arm="active")
    frozen = read_snapshot(snapshot_folder(snapshot.sha256))
    texts = {item.text for item in frozen.items if item.role != "pool"}
    assert texts == {task.item.known_label.value for task in tasks[:2]}
    assert (snapshot.classes, frozen.task_type) == ([], "transcription")


def test_without_a_text_there_is_nothing_to_train_on(project: Project) -> None:
    settle(tasks_of(project, 2), text="", illegible=True)
    with pytest.raises(NotEnoughLabels, match="texts of one line"):
        freeze_snapshot(project=project, arm="active")


@pytest.mark.parametrize(("kind", "recipe"), [("transcription", "svm"), ("choice", "line_crnn")])
def test_a_recipe_for_other_answers_is_refused(project: Project, kind: str, recipe: str) -> None:
    asked = project if kind == "transcription" else factories.project()
    with pytest.raises(Invalid, match=recipe):
        start_run(project=asked, trigger="by hand", recipe=recipe)


def test_a_reason_shows_the_reading_and_never_too_much_of_it(project: Project) -> None:
    version = ModelVersion(number=3)
    said = reason_of(project, version, ReadLine(1, "x" * 500, 0.25, []))
    assert len(said["text"]) < 120
    assert "25 %" in said["text"]
    assert reason_of(project, version, ReadLine(1, "", 0.0, []))["text"] == NOTHING


def contest(old: list[int], new: list[int], *, labels: int = 100, **more: Any) -> Verdict:
    lengths = np.full(len(old), 10.0)
    before, after = (Contender(np.asarray(row, np.float64), 100) for row in (old, new))
    after = Contender(after.edits, labels)
    nothing = np.zeros(len(old), bool)
    critical = more.pop("critical", nothing)
    return text_contest.compare(before, after, lengths, critical, ~nothing, **more)


def test_a_better_reader_is_promoted_and_a_worse_one_is_not() -> None:
    poor, good = [3, 2, 4] * 50, [1, 1, 0] * 50
    assert contest(poor, good).decision == "promote"
    assert contest(good, poor).decision == "keep"
    assert contest(poor, poor).decision == "keep"
    assert contest(poor, poor, labels=200).decision == "promote"
    assert contest(poor, good, fresh=False).decision == "keep"
    assert contest(poor, good).difference == pytest.approx(7 / 30)


def test_a_reader_that_loses_a_critical_line_is_blocked() -> None:
    old, new = [0] + [3] * 149, [1] + [0] * 149
    critical = np.arange(150) == 0
    assert contest(old, new, critical=critical).decision == "block"


def test_few_lines_decide_only_against_harm() -> None:
    assert contest([1] * 5, [3] * 5).decision == "promote"
    assert contest([1] * 40, [3] * 40).decision == "keep"
    assert contest([2] * 40, [2] * 40).decision == "promote"
