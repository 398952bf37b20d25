"""Predictions from elsewhere: an uploaded table -> a model version like any other.

The table is read once, every row is checked, and what is taken becomes an artifact that answers for
items by their content. From there on all is as for versions that were trained here: the same
figures, the same contest, the same roll-back.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from active_learning.actions.champion import Comparison, compare
from active_learning.actions.human import human_baseline
from active_learning.actions.order import newest_annotation
from active_learning.actions.prediction_rows import PredictionsReport, collect
from active_learning.actions.publish import (
    Artifact,
    keep_artifact,
    record_version,
    serving_version,
)
from active_learning.actions.snapshot import (
    HELD_OUT,
    class_names,
    labelled_items,
    picture_path,
    reads_text,
    votes_spent,
)
from active_learning.learning.artifact import Tensors
from active_learning.learning.datasets.snapshot import Item, write_items
from active_learning.learning.prediction_table import (
    SURE,
    TABLE,
    PredictionTable,
    make_table,
    measured,
    share_right,
)
from active_learning.models import ModelVersion, TrainingRun
from active_learning.models import PredictionTable as Table
from annotations.actions.datasets import UploadGone, upload_folder
from annotations.intake.refusals import Refusal
from annotations.intake.sources import table_in
from annotations.models import Project
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.queue import enqueue

IMPORT = "import_predictions"
PREDICTABLE = ("choice", "transcription")
READ, MEASURED = 0.8, 0.9  # of a job's progress


class TableRefused(Invalid):
    """The table as a whole cannot be used."""

    code = "table_refused"


def check_predictable(project: Project) -> None:
    """Raise Invalid where the project's answers are none that tables of predictions give."""
    if project.task_type not in PREDICTABLE:
        raise Invalid(
            f"Versions from elsewhere answer with a class or a text, not {project.task_type}; "
            "send such answers as proposals instead, to lines/votes/ with role=proposal.",
            code="type_unfit",
        )


@transaction.atomic
def request_predictions(
    *, project: Project, by: User, name: str, trained_on: str, upload: str
) -> Table:
    """Put the reading of an uploaded table in line; `upload` names its folder."""
    check_predictable(project)
    table = Table.objects.create(
        project=project,
        name=name,
        trained_on=trained_on,
        last_annotation=newest_annotation(project),
        created_by=by,
    )
    table.job = enqueue(
        IMPORT,
        payload={"predictions": table.pk, "upload": upload},
        project_id=project.pk,
        created_by=by,
    )
    table.save(update_fields=["job"])
    AuditEvent.record("predictions.uploaded", actor=by, project_id=project.pk, name=name)
    return table


def import_predictions(*, table: Table, claim: Claim) -> ModelVersion | None:
    """Read a table and make a version of it; None where an earlier attempt has done so.

    What is refused stays on the table's row. Killed at any moment, it begins again from the file.
    """
    folder = upload_folder(claim.payload["upload"])
    if table.run_id is None and not folder.is_dir():
        raise UploadGone("The table is gone; send it again.")
    version = _import(table, table_in(folder), claim) if table.run_id is None else None
    shutil.rmtree(folder, ignore_errors=True)
    return version


def _import(table: Table, file: Path, claim: Claim) -> ModelVersion:
    report, tensors = _read(table, file, claim)
    known = _known_items(table.project)
    with tempfile.TemporaryDirectory(prefix=".table-", dir=_models()) as scratch:
        artifact = _artifact(table, report, tensors, known)
        artifact.save(Path(scratch) / "artifact")
        kept = keep_artifact(Path(scratch) / "artifact")
        claim.progress(MEASURED, "Comparing")
        run = _run_of(table)
        held_out = Path(scratch) / "held_out.jsonl"
        write_items(held_out, [item for item in known if item.role in HELD_OUT])
        comparison = judge(table=table, run=run, artifact=kept, held_out=held_out)
    return _publish(table, run, kept, report, comparison, claim)


def _models() -> Path:
    folder = Path(settings.MODELS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _read(table: Table, file: Path, claim: Claim) -> tuple[PredictionsReport, Tensors]:
    """Read the file; raises TableRefused where none of it can be used."""
    project = table.project

    def progress(fraction: float) -> None:
        claim.progress(READ * fraction, "Reading")

    classes = [] if reads_text(project) else class_names(project)
    try:
        with file.open("rb") as stream:
            found = collect(stream, project, classes, progress)
    except Refusal as refusal:
        raise TableRefused(refusal.detail, code=refusal.code) from refusal
    report = found.close()
    if not report.taken:
        Table.objects.filter(pk=table.pk).update(report=asdict(report))
        raise TableRefused(f"None of the {report.rows:,} rows can be used; see the report.")
    return report, found.tensors()


def _known_items(project: Project) -> list[Item]:
    """What people settled, as the learning package knows items, with its role."""
    classes = [] if reads_text(project) else class_names(project)
    frozen = labelled_items(project=project, arm=TrainingRun.Arm.ACTIVE, classes=classes)
    return [
        Item(
            id=one.id, sha256=one.sha256, file=Path(picture_path(one.sha256)), role=one.role,
            target=one.target, weight=one.weight, group=one.group, text=one.text,
        )
        for one in frozen
    ]  # fmt: skip


def _artifact(
    table: Table, report: PredictionsReport, tensors: Tensors, known: Sequence[Item]
) -> Any:
    classes = [] if reads_text(table.project) else class_names(table.project)
    facts: dict[str, Any] = {
        "task_type": table.project.task_type,
        "classes": classes,
        "lineage": {"predictions": table.name, "rows": report.taken},
    }
    if SURE in tensors and np.isnan(tensors[SURE]).any():
        report.assumed_confidence = assume_confidence(tensors, facts, known)
    made = make_table(tensors=tensors, **facts)
    held_out = [item for item in known if item.role == "holdout"]
    return replace(made, metrics={"holdout": measured(PredictionTable.open(made), held_out)})


def assume_confidence(tensors: Tensors, facts: dict[str, Any], known: Sequence[Item]) -> float:
    """Fill in how sure rows are that do not say so: as often as the table is right; returns it.

    On what people settled outside the holdout, so that the figures on the holdout stay honest.
    """
    missing = np.isnan(tensors[SURE])
    tensors[SURE][missing] = 1.0
    others = [item for item in known if item.role not in HELD_OUT]
    right, count = share_right(PredictionTable.open(make_table(tensors=tensors, **facts)), others)
    tensors[SURE][missing] = sure = round((right + 1) / (count + 2), 4)
    return float(sure)


def _run_of(table: Table) -> TrainingRun:
    """The run that stands for the upload, not in the database yet."""
    by = table.created_by.shown_name if table.created_by else "Somebody"
    return TrainingRun(
        project=table.project,
        recipe=TABLE,
        trigger=f"{by} uploaded the predictions “{table.name}”."[:200],
        votes=votes_spent(project=table.project, arm=TrainingRun.Arm.ACTIVE),
        created_by=table.created_by,
        started_at=timezone.now(),
        job=table.job,
    )


def judge(*, table: Table, run: TrainingRun, artifact: Artifact, held_out: Path) -> Comparison:
    """Hold the table against the serving version; where no fair test is possible, people decide."""
    champion = serving_version(table.project)
    if champion is not None and table.trained_on == Table.TrainedOn.UNKNOWN:
        reason = "It may have learned from held-out items, so no figure on them counts: you decide."
        return Comparison(champion.number, False, reason)
    return compare(run=run, challenger=artifact.folder, champion=champion, items=held_out)


def _publish(
    table: Table,
    run: TrainingRun,
    artifact: Artifact,
    report: PredictionsReport,
    comparison: Comparison,
    claim: Claim,
) -> ModelVersion:
    """Record run and version, let it serve, end the job, and ask for scores: one transaction."""
    run.state, run.finished_at = TrainingRun.State.DONE, timezone.now()
    run.metrics = artifact.metrics | {
        "votes": run.votes,
        "labels": 0,
        "promotion": comparison.as_json(),
        "human": human_baseline(table.project),
    }
    with transaction.atomic():
        claim.hold()
        run.save(force_insert=True)
        version = record_version(run=run, artifact=artifact, serve=comparison.promoted)
        Table.objects.filter(pk=table.pk).update(run=run, report=asdict(report))
        claim.finish({"version": version.number, "serving": version.serving})
    return version
