"""Exports: what is asked for is what is written, and it reads back."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import threading
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from annotations.actions import export_rows
from annotations.actions.adjudicate import adjudicate_task
from annotations.actions.export import (
    LEFTOVER_SECONDS,
    Order,
    export_labels,
    file_name,
    open_export,
    request_export,
    sweep_exports,
    write_labels,
)
from annotations.actions.export_items import items_of
from annotations.actions.export_rows import VOTE_COLUMNS, LiveTasks, count_rows
from annotations.actions.export_selection import CONTENTS, Selection
from annotations.actions.read_snapshot import read_snapshot
from annotations.actions.recount import count_member, recount_votes
from annotations.actions.submit import revise_annotation
from annotations.exporters import EXPORTERS
from annotations.models import Annotation, Export, Item, Project, Task
from annotations.reports.names import pseudonym
from labelhub.errors import Invalid
from labelhub.jobs import claim as claims
from labelhub.jobs.models import Job
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def voted(project: Project) -> Project:
    """Ten items: three settled by two equal votes, one with a single vote, six untouched."""
    project.confidence = 0.6
    project.save()
    ann, ben, _ = factories.labelers_of(project)
    for labeler, count in ((ann, 4), (ben, 3)):
        for _ in range(count):
            factories.vote(project, labeler, "7")
    return project


def exported(project: Project, content: str = "consensus", **filters: Any) -> list[dict[str, Any]]:
    order = Order.of(project, "jsonl", content, filters)
    file = io.BytesIO()
    write_labels(order=order, file=file)
    file.seek(0)
    return list(EXPORTERS["jsonl"].read(file, order.columns))


# --- what is in it -------------------------------------------------------------------------


def test_consensus_says_how_each_label_came_about(voted: Project) -> None:
    rows = exported(voted)
    assert len(rows) == 3
    task = Task.objects.select_related("item").get(pk=rows[0]["task"])
    assert rows[0] == {
        "task": task.pk,
        "item": task.item_id,
        "filename": task.item.filename,
        "sha256": task.item.sha256,
        "url": f"/api/v1/items/{task.item_id}/picture/",
        "group": None,
        "split": None,
        "status": "settled",
        "arm": "active",
        "answer": {"choice": "7"},
        "label": "7",
        "confidence": task.confidence,
        "method": "dawid_skene",
        "votes": 2,
        "distribution": task.distribution,
        "adjudicated": False,
        "settled_at": task.settled_at.isoformat().replace("+00:00", "Z"),
    }


def test_votes_are_raw_and_under_pseudonyms(voted: Project) -> None:
    rows = exported(voted, "votes")
    ann, ben, _ = factories.labelers_of(voted)
    assert len(rows) == 7
    assert {row["labeler"] for row in rows} == {pseudonym(voted, ann.pk), pseudonym(voted, ben.pk)}
    text = json.dumps(rows)
    assert ann.username not in text
    assert {row["answer"]["choice"] for row in rows} == {"7"}
    assert {row["schema_version"] for row in rows} == {1}


def test_both_gives_each_task_and_then_its_votes(voted: Project) -> None:
    rows = exported(voted, "both")
    assert [row["record"] for row in rows] == ["consensus", "vote", "vote"] * 3
    assert [row["task"] for row in rows[:3]] == [rows[0]["task"]] * 3
    assert rows[0]["confidence"] is not None
    assert rows[1]["labeler"] != rows[2]["labeler"]


def test_pseudonyms_are_stable_in_a_project_and_differ_between_projects(voted: Project) -> None:
    other = factories.project(items=1)
    first, again = exported(voted, "votes"), exported(voted, "votes")
    assert [row["labeler"] for row in first] == [row["labeler"] for row in again]
    labeler = factories.labelers_of(voted)[0].pk
    assert pseudonym(voted, labeler) != pseudonym(other, labeler)


def test_superseded_answers_are_left_out(voted: Project) -> None:
    annotation = Annotation.objects.filter(project=voted).first()
    assert annotation is not None
    revise_annotation(
        annotation_id=annotation.pk,
        labeler=annotation.labeler,
        answer={"choice": "1"},
        version=1,
        key="k",
    )
    rows = exported(voted, "votes")
    assert len(rows) == 7
    mine = [row for row in rows if row["task"] == annotation.task_id]
    assert {(row["label"], row["version"]) for row in mine} == {("1", 2), ("7", 1)}


def test_votes_say_whether_they_count_and_whether_they_were_to_gold(voted: Project) -> None:
    ann, ben, _ = factories.labelers_of(voted)
    task = Task.objects.filter(project=voted, votes=2).first()
    hidden = Annotation.objects.get(task=task, labeler=ben)
    Annotation.objects.filter(pk=hidden.pk).update(gold_right=False)
    ballot = [entry for entry in task.ballot if entry[0] != hidden.pk]
    Task.objects.filter(pk=task.pk).update(ballot=ballot, votes=1)
    membership = voted.memberships.get(user=ann)
    left = count_member(membership=membership, by=voted.created_by, counted=False)
    recount_votes(membership=left)
    rows = exported(voted, "votes")
    marks = {(row["labeler"], row["gold"], row["counts"]) for row in rows}
    assert (pseudonym(voted, ann.pk), False, True) not in marks
    assert (pseudonym(voted, ben.pk), False, True) in marks
    assert count_rows(LiveTasks(voted, Selection()), "votes") == len(rows)


def test_answers_to_gold_that_nobody_voted_on_are_exported_too(voted: Project) -> None:
    task = Task.objects.filter(project=voted, votes__gt=0).latest("pk")
    Annotation.objects.filter(task=task).update(gold_right=True)
    Task.objects.filter(pk=task.pk).update(ballot=[], votes=0)
    rows = exported(voted, "votes")
    assert count_rows(LiveTasks(voted, Selection()), "votes") == len(rows)
    answers = [(row["gold"], row["counts"]) for row in rows if row["task"] == task.pk]
    assert answers == [(True, False)] * Annotation.objects.filter(task=task).count()


def test_only_votes_that_count_go_into_the_files_of_other_tools(voted: Project) -> None:
    task = Task.objects.filter(project=voted, votes=2).first()
    ballot = task.ballot[:1]
    Task.objects.filter(pk=task.pk).update(ballot=ballot, votes=1)
    source = LiveTasks(voted, Selection())
    found = {item.id: len(item.votes) for item in items_of(source, "votes")}
    assert found[task.item_id] == 1 and 2 in found.values()


def test_adjudicated_labels_say_so(voted: Project) -> None:
    task = Task.objects.filter(project=voted, votes=0).first()
    assert task is not None
    adjudicate_task(task=task, reviewer=factories.user(), answer={"choice": "4"})
    row = next(row for row in exported(voted) if row["task"] == task.pk)
    assert (row["label"], row["method"], row["adjudicated"]) == ("4", "adjudication", True)


def test_hidden_truth_is_never_exported(voted: Project) -> None:
    for item in Item.objects.filter(dataset=voted.dataset):
        factories.know(item, "the-hidden-truth")
    text = json.dumps(exported(voted, "both", status="all"))
    assert "the-hidden-truth" not in text


@pytest.mark.parametrize(
    ("filters", "rows"),
    [
        ({}, 3),
        ({"status": "all"}, 10),
        ({"status": "open"}, 7),
        ({"status": "disputed"}, 0),
        ({"label": "7"}, 3),
        ({"label": "7", "status": "all"}, 4),
        ({"label": "1"}, 0),
        ({"min_confidence": 0.1, "status": "all"}, 4),
        ({"min_confidence": 1.0}, 0),
        ({"max_confidence": 0.1}, 0),
        ({"arm": "random"}, 0),
    ],
)
def test_what_is_filtered_is_what_is_exported(
    voted: Project, filters: dict[str, Any], rows: int
) -> None:
    assert len(exported(voted, "consensus", **filters)) == rows
    order = Order.of(voted, "csv", "consensus", filters)
    assert order.count() == rows


@pytest.mark.parametrize("content", CONTENTS)
def test_the_count_is_the_number_of_rows(voted: Project, content: str) -> None:
    assert Order.of(voted, "jsonl", content, {}).count() == len(exported(voted, content))


@pytest.mark.parametrize(
    ("format", "content", "filters"),
    [
        ("xml", "votes", {}),
        ("csv", "everything", {}),
        ("csv", "votes", {"status": "skipped"}),
        ("csv", "votes", {"user__password": "x"}),
    ],
)
def test_an_impossible_order_is_refused_by_name(
    voted: Project, format: str, content: str, filters: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        Order.of(voted, format, content, filters)


def test_the_stored_filters_select_the_same_again(voted: Project) -> None:
    for content in CONTENTS:
        for filters in ({}, {"status": "all", "label": "7"}, {"min_confidence": 0.5}):
            selection = Selection.of(content, filters)
            assert Selection.of(content, selection.as_filters()) == selection


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("format", sorted(EXPORTERS))
def test_every_format_reads_back_what_it_holds(voted: Project, format: str, content: str) -> None:
    Item.objects.filter(dataset=voted.dataset).update(filename='=cmd|"x"!A1', group="\tw,1\n")
    order = Order.of(voted, format, content, {"status": "all"})
    file = io.BytesIO()
    write_labels(order=order, file=file)
    file.seek(0)
    columns = order.columns
    rows = [{name: row.get(name) or None for name in columns} for row in order.rows()]
    read = [
        {name: value or None for name, value in row.items()}
        for row in EXPORTERS[format].read(file, columns)
    ]
    assert read == rows


def test_csv_is_safe_in_a_spreadsheet(voted: Project) -> None:
    Item.objects.filter(dataset=voted.dataset).update(filename="=HYPERLINK(1)")
    file = io.BytesIO()
    write_labels(order=Order.of(voted, "csv", "consensus", {}), file=file)
    rows = list(csv.DictReader(io.StringIO(file.getvalue().decode())))
    assert {row["filename"] for row in rows} == {"'=HYPERLINK(1)"}
    assert {row["label"] for row in rows} == {"7"}


def test_batches_join_without_gap_or_repeat(voted: Project, monkeypatch: Any) -> None:
    whole = exported(voted, "both", status="all")
    monkeypatch.setattr(export_rows, "BATCH", 3)
    assert exported(voted, "both", status="all") == whole


def test_memory_stays_flat_however_many_tasks(voted: Project, monkeypatch: Any) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 50)
    factories.add_items(voted.dataset, 1500)
    factories.open_tasks(project=voted)

    def peak(last: int) -> int:
        tracemalloc.start()
        order = Order.of(voted, "jsonl", "both", {"status": "all"})
        for _ in zip(order.rows(), range(last), strict=False):
            pass
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(100)
    assert peak(1500) < 2 * peak(100)


@pytest.mark.django_db(transaction=True)
def test_an_export_sees_one_moment_while_labeling_goes_on(monkeypatch: Any) -> None:
    monkeypatch.setattr(export_rows, "BATCH", 2)
    project = factories.project(items=6, labelers=2, confidence=0.6)
    for labeler in factories.labelers_of(project):
        for _ in range(6):
            factories.vote(project, labeler, "7")
    order = Order.of(project, "jsonl", "votes", {})
    with read_snapshot() as using:
        rows = order.rows(using)
        first = next(rows)
        elsewhere(lambda: Annotation.objects.update(current=False))
        assert len([first, *rows]) == 12
    assert exported(project, "votes") == []


def elsewhere(act: Any) -> None:
    """Do something on another connection, as another process would."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


# --- the job and its file --------------------------------------------------------------------


def finished(project: Project, **options: Any) -> Export:
    order = Order.of(
        project, options.pop("format", "jsonl"), options.pop("content", "both"), options
    )
    return request_export(order=order, by=factories.user())


def test_a_small_export_is_written_at_once_where_no_worker_is_alive(voted: Project) -> None:
    export = finished(voted)
    with open_export(export=export) as file:
        data = file.read()
    assert export.job is not None
    assert export.job.state == Job.State.DONE
    assert export.rows == len(data.splitlines()) == 9
    assert export.byte_size == len(data)
    assert export.sha256 == hashlib.sha256(data).hexdigest()
    assert export.job.result == {
        "export": export.pk,
        "rows": 9,
        "bytes": len(data),
        "sha256": export.sha256,
    }


def test_a_large_export_waits_for_a_worker(voted: Project, monkeypatch: Any) -> None:
    monkeypatch.setattr("annotations.actions.export.INLINE_ROWS", 2)
    export = finished(voted)
    assert export.job is not None
    assert (export.job.state, export.rows) == (Job.State.PENDING, None)


def test_a_broken_export_leaves_no_file(voted: Project, settings: Any, tmp_path: Path) -> None:
    settings.EXPORTS_DIR = tmp_path
    voted.task_type = "unknown"
    voted.save()
    export = finished(voted)
    assert export.job is not None
    assert export.job.state == Job.State.FAILED
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_export_stops_and_leaves_no_file(
    voted: Project, settings: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("annotations.actions.export.INLINE_ROWS", 0)
    settings.EXPORTS_DIR = tmp_path
    export = finished(voted)
    claim = claims.claim(export.job_id or 0)
    assert claim is not None
    claim.stop_reason = claims.JobCancelled("stop")
    with pytest.raises(claims.JobCancelled):
        export_labels(export=export, claim=claim)
    assert list(tmp_path.iterdir()) == []
    assert Export.objects.get(pk=export.pk).sha256 == ""


def test_a_worker_that_lost_the_job_changes_nothing(voted: Project, monkeypatch: Any) -> None:
    monkeypatch.setattr("annotations.actions.export.INLINE_ROWS", 0)
    export = finished(voted)
    claim = claims.claim(export.job_id or 0)
    assert claim is not None
    Job.objects.filter(pk=export.job_id).update(fence=99)
    claim._reported = 1e12  # the loss shows only at the end
    with pytest.raises(claims.ClaimLost):
        export_labels(export=export, claim=claim)
    assert Export.objects.get(pk=export.pk).sha256 == ""


def test_leftovers_are_swept_and_exports_are_kept(
    voted: Project, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORTS_DIR = tmp_path
    export = finished(voted)
    (tmp_path / ".broken.part").write_text("x")
    (tmp_path / "1-orphan.csv").write_text("x")
    for path in tmp_path.iterdir():
        old = path.stat().st_mtime - LEFTOVER_SECONDS - 1
        os.utime(path, (old, old))
    (tmp_path / ".young.part").write_text("x")
    assert sweep_exports() == 2
    kept = {file_name(export, export.sha256), ".young.part"}
    assert {path.name for path in tmp_path.iterdir()} == kept


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_a_file(voted: Project, tmp_path: Path) -> None:
    out = tmp_path / "labels.csv"
    args = ["--format", "csv", "--content", "votes", "--out", str(out)]
    call_command("export", str(voted.pk), *args, stderr=io.StringIO())
    with out.open("rb") as file:
        assert len(list(EXPORTERS["csv"].read(file, VOTE_COLUMNS))) == 7
    assert [path.name for path in tmp_path.iterdir()] == ["labels.csv"]


def test_the_command_names_an_unknown_project() -> None:
    with pytest.raises(CommandError, match="no project 999999"):
        call_command("export", "999999")


def test_the_command_says_where_it_cannot_write(voted: Project, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="Cannot write"):
        call_command("export", str(voted.pk), "--out", str(tmp_path / "file" / "labels.csv"))


def test_the_command_has_the_filters_of_the_page(voted: Project) -> None:
    out, told = io.StringIO(), io.StringIO()
    words = ["--content", "votes", "--status", "all", "--max-confidence", "0", "--dry-run"]
    call_command("export", str(voted.pk), *words, stdout=out, stderr=told)
    assert "0 rows; nothing was written." in told.getvalue() and not out.getvalue()
    call_command("export", str(voted.pk), *words[:4], "--dry-run", stdout=out, stderr=told)
    assert "7 rows" in told.getvalue() and len(out.getvalue().splitlines()) == 3


@pytest.mark.parametrize("label", ["letters@1", "letters", "@", "letters@x"])
def test_the_command_names_an_unknown_release(voted: Project, label: str) -> None:
    with pytest.raises(CommandError, match="no release"):
        call_command("export", str(voted.pk), "--release", label)
