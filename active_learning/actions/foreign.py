"""Foreign: judge the open tasks of a project, note which imports drift, and act on it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from active_learning.actions.columns import Columns, Found, found_by
from active_learning.actions.drift import tell_of_drifts
from active_learning.actions.features import features_at_hand
from active_learning.actions.foreign_lane import apply_mode
from active_learning.actions.publish import folder_of, score_soon, serving_version
from active_learning.actions.snapshot import picture_path, snapshot_at_hand
from active_learning.models import ForeignItem, ForeignReport, ModelVersion
from annotations.actions.import_spans import ImportSpan, import_spans
from annotations.models import Project, Task
from labelhub.accounts.models import User
from labelhub.errors import Invalid
from labelhub.jobs.claim import Claim
from labelhub.jobs.clock import in_future
from labelhub.jobs.models import Job
from labelhub.jobs.queue import enqueue

FIND = "active_learning.learning.find_foreign"
LEAST = 100  # labeled items, held-out ones included, before anything is called foreign
GROWTH = 1.25  # of the labels, until all is judged anew by a later version
AFTER_FAILURE = timedelta(hours=1)
CHUNK = 1_000
IMPORTS_KEPT = 50
FEWEST_OF_IMPORT = 30
DRIFT = 3.0  # times the share of clean pictures that is flagged


# ------------------------------------------------------------------------------ what is due


def judge_soon(project_id: int) -> Job:
    """Have the open tasks of a project judged."""
    return enqueue(
        "find_foreign",
        payload={"project": project_id},
        queue=Job.Queue.SCORE,
        dedupe_key=foreign_key(project_id),
        project_id=project_id,
    )


def request_judgement(*, project: Project, by: User) -> Job:
    """Do so because a person asks for it; raises Invalid where nothing could be judged."""
    if project.task_type != "choice":
        raise Invalid(
            f"Items are held against labeled classes, which {project.task_type} has none of.",
            code="type_unfit",
        )
    if project.foreign_items == Project.ForeignItems.OFF:
        raise Invalid("This project does not look for foreign items; see its settings.", code="off")
    return judge_soon(project.pk)


def foreign_key(project_id: int) -> str:
    """Return the key by which judgements of one project coalesce."""
    return f"foreign:{project_id}"


def projects_to_judge() -> list[int]:
    """Return the active projects whose judgement is out of date and not on its way.

    Out of date: tasks came after it, a quarter more labels or another question about what to do
    with foreign items. A fixed number of queries, however many projects there are.
    """
    rows = list(
        ModelVersion.objects.filter(
            serving=True,
            project__state=Project.State.ACTIVE,
            project__task_type="choice",
            run__snapshot__items__gte=LEAST,
        ).values_list("project_id", "run__snapshot__items", "project__foreign_items")
    )
    reports = ForeignReport.objects.in_bulk([project for project, *_ in rows])
    tasks = Task.objects.filter(project__in=[project for project, *_ in rows]).order_by()
    newest = dict(tasks.values_list("project_id").annotate(last=Max("pk")))
    resting = _resting()
    return [
        project
        for project, labels, mode in rows
        if foreign_key(project) not in resting
        and _is_stale(reports.get(project), labels, mode, newest.get(project, 0))
    ]


def _is_stale(report: ForeignReport | None, labels: int, mode: str, newest: int) -> bool:
    if mode == Project.ForeignItems.OFF:
        return report is not None and report.mode != mode
    if report is None or report.mode != mode or newest > report.newest_task:
        return True
    return labels >= GROWTH * report.labels


def _resting() -> set[str]:
    failed = Q(state=Job.State.FAILED, finished_at__gt=in_future(-AFTER_FAILURE))
    recent = Job.objects.filter(Q(state__in=Job.UNFINISHED) | failed, kind="find_foreign")
    return {key for key in recent.values_list("dedupe_key", flat=True) if key}


# ------------------------------------------------------------------------------ the judgement


def find_foreign(*, project: Project, claim: Claim | None = None) -> ForeignReport | None:
    """Judge all that is not settled against what is labeled, and keep a p-value for each.

    Works for pictures that came after the training too. Returns None while no version serves that
    was trained on LEAST labels. A project that does not want to know only has its items given back.
    """
    if project.foreign_items == Project.ForeignItems.OFF:
        apply_mode(project)
        ForeignReport.objects.filter(project=project).update(mode=project.foreign_items)
        return ForeignReport.objects.filter(project=project).first()
    version = serving_version(project)
    if version is None or version.run.snapshot is None or version.run.snapshot.items < LEAST:
        return None
    newest = Task.objects.filter(project=project).aggregate(last=Max("pk"))["last"] or 0
    found = _judge(project, version, claim)
    columns, facts = found.columns, found.facts
    keep_judgements(project, columns, claim)
    values = {
        "version": version,
        "mode": project.foreign_items,
        "labels": version.run.snapshot.items,
        "references": facts.get("references", 0),
        "own_share": facts.get("own_share", 0.0),
        "judged": len(columns["ids"]),
        "flagged": int(columns["flagged"].sum()),
        "skipped": len(columns["skipped"]),
        "newest_task": newest,
        "imports": shares_by_import(project, facts.get("own_share", 0.0)),
        "cpu_seconds": found.cpu_seconds,
    }
    with transaction.atomic():
        if claim is not None:
            claim.hold()
        before = ForeignReport.objects.select_for_update().filter(project=project).first()
        report, _ = ForeignReport.objects.update_or_create(project=project, defaults=values)
        tell_of_drifts(before.imports if before else [], report)
    apply_mode(project)
    score_soon(project.pk)
    return report


def _judge(project: Project, version: ModelVersion, claim: Claim | None) -> Found:
    assert version.run.snapshot is not None
    with tempfile.TemporaryDirectory(prefix="foreign-") as scratch:
        items, out = Path(scratch) / "items.jsonl", Path(scratch) / "judged.npz"
        with items.open("w", encoding="utf-8") as stream:
            stream.writelines(_lines(project))
        snapshot = snapshot_at_hand(version.run.snapshot.sha256)
        places = [str(path) for path in (snapshot, folder_of(version), items, out)]
        store = ["--feature-store", str(features_at_hand(project.dataset_id))]
        return found_by(FIND, [*places, *store], out, claim)


def _lines(project: Project) -> Iterator[str]:
    rows = Task.objects.filter(project=project).exclude(status=Task.Status.SETTLED)
    fields = ("pk", "item__sha256")
    for pk, sha256 in rows.order_by("pk").values_list(*fields).iterator(chunk_size=10_000):
        yield json.dumps({"id": pk, "sha256": sha256, "file": picture_path(sha256)}) + "\n"


def keep_judgements(project: Project, found: Columns, claim: Claim | None = None) -> None:
    """Insert or replace the p-values, in short transactions; what people said stays."""
    columns = (found[name].tolist() for name in ("ids", "p_value", "flagged", "surely"))
    rows: Iterable[tuple[int, float, bool, bool]] = zip(*columns, strict=True)
    stream = iter(rows)
    while chunk := list(islice(stream, CHUNK)):
        if claim is not None:
            claim.check()
        with transaction.atomic():
            # Tasks may have been deleted, with their project's pictures, since they were listed.
            there = set(
                Task.objects.filter(project=project, pk__in=[row[0] for row in chunk]).values_list(
                    "pk", flat=True
                )
            )
            ForeignItem.objects.bulk_create(
                (
                    ForeignItem(
                        project=project, task_id=pk, p_value=p, flagged=flagged, surely=surely
                    )
                    for pk, p, flagged, surely in chunk
                    if pk in there
                ),
                update_conflicts=True,
                unique_fields=["task"],
                update_fields=["p_value", "flagged", "surely"],
            )


def shares_by_import(project: Project, own_share: float) -> list[dict[str, Any]]:
    """Tell of each import how many of its items are flagged, and whether that is too many.

    What was flagged when it was judged counts, whatever people answered since; what was settled
    before anything was judged counts as belonging.
    """
    told = []
    for span in import_spans(project.dataset_id)[:IMPORTS_KEPT]:
        items, flagged = _counts(project, span)
        if not items:
            continue
        share = flagged / items
        drifts = items >= FEWEST_OF_IMPORT and share > DRIFT * max(own_share, 0.01)
        told.append(
            {
                "job": span.job,
                "at": span.began.isoformat() if span.began else None,
                "items": items,
                "flagged": flagged,
                "share": round(share, 4),
                "drifts": drifts,
            }
        )
    return told


def _counts(project: Project, span: ImportSpan) -> tuple[int, int]:
    tasks = Task.objects.filter(span.condition("item__"), project=project)
    strange = Q(foreign__flagged=True) & ~Q(foreign__state=ForeignItem.State.BELONGS)
    found = tasks.aggregate(items=Count("pk"), flagged=Count("pk", filter=strange))
    return int(found["items"]), int(found["flagged"])


def items_in_lane(project: Project, state: str) -> QuerySet[ForeignItem]:
    """Return the flagged items of one state, with what is shown of them."""
    rows = ForeignItem.objects.filter(project=project, flagged=True, state=state)
    if state == ForeignItem.State.WAITING:
        rows = rows.exclude(task__status=Task.Status.SETTLED)
    return rows.select_related("task__item", "decided_by")
