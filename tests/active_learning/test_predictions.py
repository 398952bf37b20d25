"""Predictions from elsewhere: tables become versions that are judged, served and rolled back."""

from __future__ import annotations

import csv
import io
import json
import os
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from active_learning.actions.opinions import learned_from, standing_in
from active_learning.actions.predict import predict_pool
from active_learning.actions.prediction_rows import collect
from active_learning.actions.predictions import request_predictions
from active_learning.actions.publish import folder_of, promote_version, serving_version
from active_learning.actions.score import score_items
from active_learning.actions.start import repeat_run
from active_learning.learning.artifact import Artifact
from active_learning.models import PredictionTable, Score
from active_learning.reports import learning_curve
from annotations.actions.datasets import sweep_files, upload_folder
from annotations.intake.refusals import Refusal
from annotations.intake.sources import TableSpool
from annotations.models import Item, Project, Proposal, Task
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.models import Job
from labelhub.jobs.queue import retry
from labelhub.storage import GRACE_SECONDS
from tests import factories
from tests.active_learning.conftest import MakeProject, Work, trained

pytestmark = pytest.mark.django_db
DIGITS = [str(digit) for digit in range(10)]
Row = dict[str, Any]


def in_csv(rows: Iterable[Row]) -> bytes:
    rows, out = list(rows), io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def in_lines(rows: Iterable[Row]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def spooled(data: bytes) -> str:
    spool = TableSpool(Path(settings.UPLOADS_DIR) / uuid.uuid4().hex)
    spool.begin("predictions")
    spool.write(data)
    spool.close()
    return spool.folder.name


def sent(project: Project, data: bytes, **options: Any) -> PredictionTable:
    """A table on its way; nothing has read it yet."""
    asked = {"name": "resnet", "trained_on": "elsewhere"} | options
    by = project.created_by or factories.user()
    return request_predictions(project=project, by=by, upload=spooled(data), **asked)


def taken(project: Project, data: bytes, work: Work, **options: Any) -> PredictionTable:
    """What became of a table once a worker has read it."""
    table = sent(project, data, **options)
    work("import_predictions")
    return PredictionTable.objects.select_related("run__version", "job").get(pk=table.pk)


def knowing(project: Project, *, wrong: Iterable[int] = (), sure: float = 0.8) -> list[Row]:
    """Rows of a model that knows the truth of all items but some."""
    wrong = set(wrong)
    items = project.dataset.items.select_related("known_label").order_by("pk")
    return [
        {"item": item.pk, "label": _other(item) if item.pk in wrong else item.known_label.value,
         "confidence": sure}
        for item in items
    ]  # fmt: skip


def _other(item: Item) -> str:
    return DIGITS[(int(item.known_label.value) + 1) % 10]


def shares(label: str, sure: float = 0.82) -> dict[str, float]:
    return {name: sure if name == label else (1 - sure) / 9 for name in DIGITS}


# ------------------------------------------------------------------------------ what rows say


def test_a_first_table_serves_orders_the_queue_and_proposes(
    digits: MakeProject, work: Work
) -> None:
    project = digits(40, random=5, prelabels="model")
    rows = knowing(project)
    for at, row in enumerate(rows):
        row["confidence"] = 0.3 + at / 100
    table = taken(project, in_csv(rows), work)
    assert table.state == "done" and table.run is not None
    version = table.run.version
    assert version.serving and version.number == 1 and version.run.recipe == "table"
    score_items(project=project)
    open_ones = project.tasks.filter(arm="active", status="open").select_related("score")
    first = open_ones.order_by("-priority")[0]
    assert first.item_id == min(open_ones.values_list("item_id", flat=True))
    assert first.reason["version"] == 1 and "model" in first.reason["text"]
    said = {row.item_id: row.score.predicted for row in open_ones.select_related("score")}
    assert said == {row["item"]: row["label"] for row in rows if row["item"] in said}
    proposal = Proposal.objects.get(task=first)
    assert proposal.answer == {"choice": first.score.predicted} and proposal.version == 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "nested", "parquet"])
def test_probabilities_of_all_labels_are_kept_as_they_are(
    form: str, digits: MakeProject, work: Work, tmp_path: Path
) -> None:
    project = digits(12)
    items = list(project.dataset.items.select_related("known_label").order_by("pk"))
    if form == "nested":
        rows: list[Row] = [
            {"sha256": item.sha256, "probabilities": shares(item.known_label.value)}
            for item in items
        ]
    else:
        rows = [{"filename": item.filename} | shares(item.known_label.value) for item in items]
    if form == "parquet":
        arrow = pytest.importorskip("pyarrow")
        parquet = pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "table")
        data = (tmp_path / "table").read_bytes()
    else:
        data = in_csv(rows) if form == "csv" else in_lines(rows)
    table = taken(project, data, work)
    assert table.state == "done", table.error
    assert table.report["taken"] == 12 and table.report["refused"] == 0
    said, _ = predict_pool(project, serving_version(project), None)
    assert said.probabilities.max(axis=1) == pytest.approx([0.82] * 12, abs=1e-3)
    truth = [item.known_label.value for item in items]
    assert [DIGITS[best] for best in said.probabilities.argmax(axis=1)] == truth


def test_bad_rows_are_refused_by_line_and_the_others_are_taken(
    digits: MakeProject, work: Work
) -> None:
    project = digits(8)
    one, two, three, *_ = [item.pk for item in project.dataset.items.order_by("pk")]
    good = shares("3")
    rows: list[Row] = [
        {"item": one} | good,
        {"item": one} | good,
        {"item": 10**17} | good,
        {"item": two} | good | {"3": 0.5},
        {"item": two} | good | {"3": "nan"},
        {"item": two} | good | {"3": 1.5},
        {"item": "x'\0"} | good,
        {"item": three} | good,
    ]
    report = taken(project, in_csv(rows), work).report
    told = [(error["line"], error["code"]) for error in report["errors"]]
    assert told == [
        (3, "duplicate_row"), (4, "unknown_item"), (5, "bad_probability"), (6, "bad_probability"),
        (7, "bad_probability"), (8, "unknown_item"),
    ]  # fmt: skip
    assert "Line 2" in report["errors"][0]["detail"] and "sum to" in report["errors"][2]["detail"]
    assert (report["rows"], report["taken"], report["refused"]) == (8, 2, 6)
    assert report["items"] == 8 and report["without"] == 6 and two in report["without_items"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"label": "eleven", "confidence": 0.9}, "unknown_label"),
        ({"label": None, "confidence": 0.9}, "unknown_label"),
        ({"label": "3", "confidence": 2}, "bad_confidence"),
        ({"label": "3", "confidence": float("inf")}, "bad_confidence"),
        ({"label": "3", "confidence": True}, "bad_confidence"),
        ({"label": "3", "confidence": 10**400}, "bad_confidence"),
        ({"label": "3", "confidence": 0.05}, "bad_confidence"),
    ],
)
def test_a_label_is_known_and_its_confidence_is_one(
    row: Row, code: str, digits: MakeProject
) -> None:
    project = digits(3)
    item = project.dataset.items.order_by("pk")[0]
    found = collect(io.BytesIO(in_lines([row | {"item": item.pk}])), project, DIGITS)
    assert [error["code"] for error in found.report.errors] == [code]


def test_a_name_that_several_items_have_is_refused_and_paths_tell_them_apart(
    digits: MakeProject,
) -> None:
    project = digits(3)
    items = list(project.dataset.items.order_by("pk"))
    for item, folder in zip(items, ("a", "b", "c"), strict=True):
        item.filename, item.path = "same.png", f"{folder}/same.png"
    Item.objects.bulk_update(items, ["filename", "path"])
    rows = [{"filename": name, "label": "1"} for name in ("same.png", "b/same.png")]
    found = collect(io.BytesIO(in_csv(rows)), project, DIGITS)
    assert [error["code"] for error in found.report.errors] == ["ambiguous_item"]
    assert found.lines.tolist() == [0, 3, 0]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"item,score\n1,0.5\n", "csv_missing_column"),
        (b"item,label,label\n1,2,2\n", "csv_missing_column"),
        (b"item,label\n1,\xff\xfe\n", "csv_bad_encoding"),
        (b'item,label\n1,"2\n', "csv_row_mismatch"),
        (b"PAR1 but not really", "corrupt"),
        (b"item,label\n", "csv_empty"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_as_a_whole(
    data: bytes, code: str, digits: MakeProject
) -> None:
    with pytest.raises(Refusal) as caught:
        collect(io.BytesIO(data), digits(3), DIGITS)
    assert caught.value.code == code


def test_a_table_of_nothing_but_bad_rows_changes_nothing_and_says_why(
    digits: MakeProject, work: Work
) -> None:
    project = digits(3)
    table = taken(project, in_lines([{"item": 1, "label": "none"}, {"item": 2, "label": "3"}] * 2)
                  .replace(b"3", b"x"), work)  # fmt: skip
    assert table.state == "failed" and table.run is None
    assert len(table.report["errors"]) == 4 and "None of the 4 rows" in table.error["detail"]
    assert not project.model_versions.exists() and not project.runs.exists()


def test_rows_without_a_confidence_are_as_sure_as_the_table_is_right(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=30, random=10)
    settled = project.tasks.filter(arm="active", status="settled").order_by("pk")
    wrong = [task.item_id for task in settled[:6]]
    rows = [{k: row[k] for k in ("item", "label")} for row in knowing(project, wrong=wrong)]
    table = taken(project, in_csv(rows), work)
    assert table.report["assumed_confidence"] == round(25 / 32, 4)
    said, _ = predict_pool(project, serving_version(project), None)
    assert said.probabilities.max(axis=1) == pytest.approx([25 / 32] * len(said), abs=1e-3)


# -------------------------------------------------------------------- against what serves now


def test_a_better_table_replaces_a_model_trained_here_and_can_be_rolled_back(
    digits: MakeProject, work: Work
) -> None:
    project = digits(400, active=30, random=110)
    champion = trained(project)
    table = taken(project, in_csv(knowing(project, sure=0.97)), work)
    assert table.run is not None
    version = table.run.version
    verdict = table.run.metrics["promotion"]["verdict"]
    assert version.serving and version.number == 2
    assert verdict["tested"] and verdict["gained"] > 10 and verdict["lost"] == 0
    assert table.run.metrics["holdout"]["accuracy"] == 1.0
    work("score_items")
    assert set(Score.objects.values_list("version__number", flat=True)) == {2}
    promote_version(version=champion, by=factories.admin())
    work("score_items")
    assert serving_version(project) == champion
    assert set(Score.objects.values_list("version__number", flat=True)) == {1}


def test_what_a_table_does_not_speak_of_counts_as_wrong(digits: MakeProject, work: Work) -> None:
    project = digits(400, active=30, random=110)
    trained(project)
    held_out = set(project.tasks.filter(arm="random").values_list("item_id", flat=True))
    few = [row for row in knowing(project) if row["item"] not in held_out or row["item"] % 10 == 0]
    table = taken(project, in_csv(few), work)
    assert table.run is not None and not table.run.version.serving
    promotion = table.run.metrics["promotion"]
    assert promotion["verdict"]["decision"] != "promote" and promotion["verdict"]["lost"] > 50
    assert table.run.metrics["holdout"]["count"] == 110
    assert table.run.metrics["holdout"]["accuracy"] < 0.25


def test_few_held_out_items_promote_no_model_of_unknown_labels(
    digits: MakeProject, work: Work
) -> None:
    project = digits(100, active=40, random=12)
    trained(project)
    table = taken(project, in_csv(knowing(project)), work)
    assert table.run is not None and not table.run.version.serving
    assert "too few" in table.run.metrics["promotion"]["reason"]


def test_a_model_that_may_know_the_holdout_is_left_to_people(
    digits: MakeProject, work: Work
) -> None:
    project = digits(400, active=30, random=110)
    trained(project)
    table = taken(project, in_csv(knowing(project)), work, trained_on="unknown")
    assert table.run is not None
    assert (
        not table.run.version.serving and "you decide" in table.run.metrics["promotion"]["reason"]
    )
    promote_version(version=table.run.version, by=factories.admin())
    version = serving_version(project)
    assert version is not None
    said, _ = predict_pool(project, version, None)
    assert standing_in(project, version, said).weight == 0


# ------------------------------------------------------------------------------ its voice


def test_it_has_a_voice_where_it_was_measured_and_none_where_it_repeats_people(
    digits: MakeProject, work: Work
) -> None:
    project = digits(120, active=40, random=25, model_in_consensus=True)
    last = project.tasks.filter(arm="active", status="open")[0]
    labeler = factories.member(project)
    factories.vote(project, labeler, "3", seat=factories.lease(project, labeler))
    answered = Task.objects.filter(project=project, annotations__isnull=False).distinct()
    for trained_on, repeats in (("elsewhere", False), ("labels", True)):
        table = taken(project, in_csv(knowing(project)), work, trained_on=trained_on)
        assert table.run is not None
        version = table.run.version
        known = set(learned_from(project, version).tolist())
        assert known == (set(answered.values_list("pk", flat=True)) if repeats else set())
        said, _ = predict_pool(project, version, None)
        standing = standing_in(project, version, said)
        assert standing.items == 25 and standing.weight > 0.8
    score_items(project=project)
    assert Task.objects.get(pk=last.pk).prior is not None


# ------------------------------------------------------------- what comes later, and at once


def test_items_that_came_later_have_no_prediction_and_stay_in_the_queue(
    digits: MakeProject, work: Work
) -> None:
    project = digits(30)
    rows = knowing(project)
    taken(project, in_csv(rows[:20]), work)
    done = score_items(project=project)
    assert done is not None and (done.scored, done.skipped) == (20, 10)
    assert Score.objects.count() == 20
    labeler = factories.member(project)
    seen = {factories.lease(project, labeler).task.item_id for _ in range(30)}
    assert len(seen) == 30
    note = project.runs.get().events.get(kind="scored").data["message"]
    assert "10 have no prediction" in note


def test_the_same_table_again_makes_another_version(digits: MakeProject, work: Work) -> None:
    project = digits(12)
    for number in (1, 2):
        table = taken(project, in_csv(knowing(project)), work)
        assert table.run is not None and table.run.version.number == number
    assert project.model_versions.values("sha256").distinct().count() == 1


def test_an_attempt_that_died_begins_again_from_the_file(digits: MakeProject, work: Work) -> None:
    project = digits(12)
    table = sent(project, in_csv(knowing(project)))
    folder = upload_folder(table.job.payload["upload"])
    old = folder.stat().st_mtime - 2 * GRACE_SECONDS
    os.utime(folder, (old, old))
    sweep_files()
    assert folder.is_dir()  # its job has not read it yet
    work("import_predictions")
    assert project.model_versions.count() == 1 and not folder.exists()
    Job.objects.filter(pk=table.job_id).update(state=Job.State.FAILED, attempts=0)
    retry(Job.objects.get(pk=table.job_id))
    work("import_predictions")
    assert project.model_versions.count() == 1


def test_it_is_no_run_to_repeat_and_no_point_on_the_learning_curve(
    digits: MakeProject, work: Work
) -> None:
    project = digits(60, active=30, random=12)
    table = taken(project, in_csv(knowing(project)), work)
    assert table.run is not None
    assert learning_curve(project) == {"active": [], "random": []}
    with pytest.raises(Conflict) as caught:
        repeat_run(run=table.run, by=factories.admin())
    assert caught.value.code == "not_trained_here"


def test_a_strategy_that_needs_features_gives_way_to_doubt(digits: MakeProject, work: Work) -> None:
    project = digits(20, strategy="cluster_margin")
    taken(project, in_csv(knowing(project)), work)
    assert score_items(project=project) is not None
    assert project.order.strategy == "margin"


def test_types_without_such_versions_say_what_to_do_instead() -> None:
    project = factories.project(items=1, task_type="multi_label")
    with pytest.raises(Invalid, match="as proposals") as caught:
        sent(project, b"item,label\n")
    assert caught.value.code == "type_unfit"


def test_what_is_taken_down_goes_from_the_table_too(digits: MakeProject, work: Work) -> None:
    from active_learning.actions.forget import _forget_predictions

    project = digits(12)
    taken(project, in_csv(knowing(project)), work)
    version = serving_version(project)
    assert version is not None
    gone = project.dataset.items.order_by("pk")[3]
    _forget_predictions(project.dataset, [gone.sha256])
    left = Artifact.load(folder_of(version))
    assert len(left.tensors["keys"]) == 11
    assert bytes.fromhex(gone.sha256) not in {row.tobytes() for row in left.tensors["keys"]}
    done = score_items(project=project)
    assert done is not None and (done.scored, done.skipped) == (11, 1)


# ------------------------------------------------------------------------------------ texts


def line_project(count: int = 8) -> Project:
    return factories.project(items=count, task_type="transcription", schema={}, prelabels="model")


def test_texts_are_proposed_and_the_least_sure_is_asked_first(work: Work) -> None:
    project = line_project()
    items = list(project.dataset.items.order_by("pk"))
    rows = [
        {"item": item.pk, "text": f"línea {at}", "confidence": 0.9 - at / 10}
        for at, item in enumerate(items[:6])
    ]
    rows.append({"item": items[6].pk, "text": "two\nlines", "confidence": 0.9})
    table = taken(project, in_lines(rows), work)
    assert table.state == "done", table.error
    assert [error["code"] for error in table.report["errors"]] == ["bad_answer"]
    done = score_items(project=project)
    assert done is not None and (done.scored, done.skipped) == (6, 2)
    first = project.tasks.order_by("-priority", "pk")[0]
    assert first.item_id == items[5].pk
    proposal = Proposal.objects.get(task=first)
    assert proposal.answer == {"text": "línea 5"} and proposal.characters is None


def test_texts_are_measured_on_held_out_lines(work: Work) -> None:
    project = factories.project(
        items=20, task_type="transcription", schema={}, random_share=0.5
    )  # fmt: skip
    held_out = list(project.tasks.filter(arm="random").order_by("pk"))
    for task in held_out:
        task.answer, task.status, task.votes = {"text": "abcd"}, "settled", 3
    Task.objects.bulk_update(held_out, ["answer", "status", "votes"])
    rows = [
        {"item": task.item_id, "text": "abcd" if at else "abxx"} for at, task in enumerate(held_out)
    ]
    table = taken(project, in_lines(rows), work)
    assert table.run is not None
    figures = table.run.metrics["holdout"]
    assert figures["count"] == len(held_out)
    assert figures["cer"] == pytest.approx(2 / (4 * len(held_out)))


# ---------------------------------------------------------------------------------- command


def test_the_command_makes_a_version_and_names_refused_lines(
    digits: MakeProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = digits(5)
    factories.admin()
    (tmp_path / "said.csv").write_bytes(in_csv([*knowing(project), {"item": 0, "label": "1"}]))
    words = [str(project.pk), str(tmp_path / "said.csv"), "--name", "vit", "--trained-on"]
    call_command("import_predictions", *words, "elsewhere")
    told = capsys.readouterr()
    assert "Version 1 serves: 5 rows taken, 1 refused, 0 of 5 items" in told.out
    assert "line 7: The project has no item '0'." in told.err
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_predictions", str(project.pk), str(tmp_path / "no"), "--name", "x")
