"""Label errors: let settled labels be judged, and send the doubtful ones to review."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from active_learning.actions.columns import run_module
from active_learning.actions.features import encoder_folder, encoder_of, features_at_hand
from active_learning.actions.publish import ArtifactMissing, folder_of, serving_version
from active_learning.actions.snapshot import picture_path
from active_learning.learning.recipes import READERS
from active_learning.models import LabelError, LabelErrorReport
from annotations.actions.adjudicate import reopen_task
from annotations.actions.skip import flag_task
from annotations.models import Adjudication, Project, Task
from labelhub.accounts.models import AuditEvent, User
from labelhub.errors import Conflict, Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

FIND = "active_learning.learning.find_label_errors"
TEXTS = frozenset({"transcription"})
CLASSES = frozenset({"choice"})
MOST = 20_000  # the latest settled labels that are judged
KEPT = 1_000  # the worst, which are shown
BATCH = 500


def request_search(*, project: Project, by: User) -> Job:
    """Put the search for label errors in line; raises Invalid where labels cannot be judged."""
    if project.task_type not in TEXTS | CLASSES:
        raise Invalid(
            f"Labels of the type {project.task_type} cannot be held against their pictures.",
            code="type_unfit",
        )
    return enqueue(
        "find_label_errors",
        payload={"project": project.pk},
        queue=Job.Queue.SCORE,
        dedupe_key=f"label_errors:{project.pk}",
        project_id=project.pk,
        created_by=by,
    )


def find_label_errors(*, project: Project, claim: Claim | None = None) -> LabelErrorReport:
    """Judge the settled labels in a child process, and keep the worst of them.

    What a person said of a label before stands as long as the label is the same.
    """
    with tempfile.TemporaryDirectory(prefix="label-errors-") as scratch:
        items, out = Path(scratch) / "items.jsonl", Path(scratch) / "found.json"
        with items.open("w", encoding="utf-8") as stream:
            stream.writelines(_lines(project))
        ended, _ = run_module(FIND, _arguments(project, items, out), claim)
        found = json.loads(out.read_text(encoding="utf-8"))
    return _keep(project, found, ended.cpu_seconds, claim)


def _settled(project: Project) -> Any:
    return Task.objects.filter(project=project, status=Task.Status.SETTLED)


def _lines(project: Project) -> Iterator[str]:
    """The settled labels as the learning package reads items, in the order of import."""
    newest = _settled(project).order_by("-item_id").values("pk")[:MOST]
    rows = (
        Task.objects.filter(pk__in=newest)
        .order_by("item_id")
        .values_list(
            "pk", "item__sha256", "item__group", "label", "answer", "confidence", "adjudicated"
        )
    )
    texts = project.task_type in TEXTS
    for pk, sha256, group, label, answer, confidence, decided in rows.iterator(chunk_size=5_000):
        line = {"id": pk, "sha256": sha256, "file": picture_path(sha256), "group": group or None}
        # A reviewer is a voter like others here: they too press the wrong key.
        line["weight"] = 1.0 if decided else max(float(confidence or 0.0), 1e-3)
        if not texts:
            line["target"] = {label: 1.0}
        elif not answer or answer.get("illegible") or not str(answer.get("text", "")).strip():
            continue
        else:
            line["text"] = answer["text"]
        yield json.dumps(line) + "\n"


def _arguments(project: Project, items: Path, out: Path) -> list[str]:
    words = [str(items), str(out), "--feature-store", str(features_at_hand(project.dataset_id))]
    encoder = encoder_folder(encoder_of(project.dataset_id))
    if project.task_type in TEXTS:
        return [*words, "--texts", *_reader(project)]
    return [*words, "--encoder", str(encoder)] if encoder else words


def _reader(project: Project) -> list[str]:
    """The serving version reads the lines, where it is here; else their shapes must do."""
    version = serving_version(project)
    if version is None or version.run.recipe not in READERS:
        return []
    try:
        return ["--reader", str(folder_of(version))]
    except ArtifactMissing:
        return []


def _keep(
    project: Project, found: Mapping[str, Any], cpu_seconds: float, claim: Claim | None
) -> LabelErrorReport:
    worst = sorted(found["items"], key=lambda row: (-row["score"], row["id"]))
    tasks = dict(_settled(project).values_list("pk", "label"))
    said = {
        row.task_id: row
        for row in LabelError.objects.filter(project=project).exclude(
            state=LabelError.State.WAITING
        )
    }
    rows = [
        LabelError(
            project=project,
            task_id=row["id"],
            label=tasks[row["id"]],
            suggested=row["suggested"][:200],
            score=row["score"],
            parts=row["parts"],
            state=_state(said.get(row["id"]), tasks[row["id"]]),
        )
        for row in worst
        if row["id"] in tasks and row["suggested"][:200] != tasks[row["id"]]
    ][:KEPT]
    with transaction.atomic():
        if claim is not None:
            claim.finish({"judged": len(found["items"]), "doubtful": len(rows)})
        LabelError.objects.filter(project=project).delete()
        LabelError.objects.bulk_create(rows, batch_size=BATCH)
        report, _ = LabelErrorReport.objects.update_or_create(
            project=project,
            defaults={
                "judged": len(found["items"]),
                "runs": found["runs"],
                "cpu_seconds": cpu_seconds,
            },
        )
    return report


def _state(before: LabelError | None, label: str) -> str:
    same = before is not None and before.label == label
    return before.state if before is not None and same else LabelError.State.WAITING


@transaction.atomic
def send_to_review(*, error: LabelError, by: User) -> LabelError:
    """Put a doubtful label before a reviewer: a decision is taken back, and the task is flagged.

    Raises Conflict where the task has another label by now: nobody has doubted that one.
    """
    rows = Task.objects.select_related("project__schema", "item").select_for_update(of=("self",))
    task = rows.get(pk=error.task_id)
    _claim_row(error, LabelError.State.SENT)
    if task.label != error.label:
        raise Conflict("The label has changed since it was judged.", code="label_changed")
    if Adjudication.objects.filter(task=task, reopened_at=None).exists():
        reopen_task(task=task, reviewer=by)
    reason = f"The label {error.label!r} may be wrong"
    reason += f"; it looks like {error.suggested!r}." if error.suggested else "."
    flag_task(task=task, labeler=by, reason=reason)
    AuditEvent.record("label_error.sent", actor=by, project_id=error.project_id, task=task.pk)
    return error


@transaction.atomic
def call_right(*, error: LabelError, by: User) -> LabelError:
    """Say that a doubtful label is right: it is not shown again while it stays the same."""
    _claim_row(error, LabelError.State.RIGHT)
    AuditEvent.record(
        "label_error.right", actor=by, project_id=error.project_id, task=error.task_id
    )
    return error


def _claim_row(error: LabelError, state: str) -> None:
    waiting = LabelError.objects.filter(pk=error.pk, state=LabelError.State.WAITING)
    if not waiting.update(state=state):
        raise Conflict("Somebody has looked at this label already.", code="already_judged")
    error.state = state
