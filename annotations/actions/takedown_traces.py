"""Takedown, the traces' part: what other rows and files still say of items that are gone."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Now

from annotations.actions.datasets import IMPORT_JOB, PREVIEW_JOB, upload_folder
from annotations.actions.export import path_of
from annotations.actions.run_rows import pack, unpack
from annotations.models import (
    ConsensusRun,
    Delivery,
    Export,
    Item,
    ItemEdit,
    ItemEditPart,
    KnownLabel,
    Project,
    Release,
    RunLabels,
    SavedView,
    Takedown,
)
from labelhub.accounts.models import AuditEvent
from labelhub.jobs.models import Job

GONE = "(taken down)"
Json = dict[str, Any]


@dataclass(frozen=True)
class Traces:
    """What to look for: numbers, names of files, and groups and labels that nothing else has."""

    datasets: list[int]
    projects: list[int]
    items: set[int]
    tasks: set[int]
    names: set[str]
    groups: set[str]
    labels: set[str]


def traces_of(takedown: Takedown) -> Traces:
    rows = list(takedown.contents.exclude(traces={}).values("dataset", "item", "tasks", "traces"))
    datasets = sorted({row["dataset"] for row in rows if row["dataset"]})
    groups = {row["traces"]["group"] for row in rows} - {""}
    labels = {row["traces"]["label"] for row in rows} - {""}
    there = Item.objects.filter(dataset__in=datasets)
    known = KnownLabel.objects.filter(item__dataset__in=datasets)
    return Traces(
        datasets=datasets,
        projects=list(
            Project.objects.filter(dataset__in=datasets).order_by("pk").values_list("pk", flat=True)
        ),
        items={row["item"] for row in rows},
        tasks={task for row in rows for task in row["tasks"]},
        names={name for row in rows for name in row["traces"]["names"]},
        groups={group for group in groups if not there.filter(group=group).exists()},
        labels={label for label in labels if not known.filter(value=label).exists()},
    )


def erase_traces(takedown: Takedown) -> Json:
    """Erase what is left in the database and in files; done twice it finds nothing more."""
    traces = traces_of(takedown)
    exports = _withdraw_exports(takedown)
    _forget_in_deliveries(traces)
    _forget_in_edits(traces)
    _forget_in_runs(traces)
    _forget_in_imports(traces)
    _forget_groups(traces)
    former = takedown.found.get("exports", 0)
    return {"exports": former + exports}


def _withdraw_exports(takedown: Takedown) -> int:
    """Delete the files of exports of projects that asked about an item: each may hold it."""
    projects = [row["id"] for row in takedown.found.get("projects", [])]
    # One that was ordered later reads what is there now.
    made = Export.objects.filter(project__in=projects, withdrawn_at=None).exclude(sha256="")
    if takedown.finished_at is not None:
        made = made.filter(created_at__lt=takedown.finished_at)
    count = 0
    for export in made.order_by("pk"):
        path_of(export).unlink(missing_ok=True)
        count += Export.objects.filter(pk=export.pk, withdrawn_at=None).update(withdrawn_at=Now())
    return count


def _forget_in_deliveries(traces: Traces) -> None:
    rows = Delivery.objects.filter(webhook__project__in=traces.projects, event="labels.settled")
    for row in rows.order_by("pk").iterator(chunk_size=100):
        labels = row.body.get("data", {}).get("labels", [])
        kept = [one for one in labels if one.get("task") not in traces.tasks]
        if len(kept) < len(labels):
            body = row.body | {"data": row.body["data"] | {"labels": kept}}
            Delivery.objects.filter(pk=row.pk).update(body=body)


def _forget_in_edits(traces: Traces) -> None:
    """Forget what edits changed on these items, and edits that changed nothing else."""
    edits = ItemEdit.objects.filter(dataset__in=traces.datasets)
    touched: set[int] = set()
    for part in ItemEditPart.objects.filter(edit__in=edits).order_by("pk").iterator(chunk_size=50):
        kept = {pk: row for pk, row in part.before.items() if int(pk) not in traces.items}
        if len(kept) == len(part.before):
            continue
        touched.add(part.edit_id)
        rows = ItemEditPart.objects.filter(pk=part.pk)
        rows.update(before=kept) if kept else rows.delete()
    ItemEdit.objects.filter(pk__in=touched, parts=None, state=ItemEdit.State.DONE).delete()


def _forget_in_runs(traces: Traces) -> None:
    """Take the tasks out of what consensus runs found, and were given."""
    runs = ConsensusRun.objects.filter(project__in=traces.projects).order_by("pk")
    for run in runs.only("pk", "inputs"):
        kept = {name: _without(value, traces.tasks) for name, value in run.inputs.items()}
        if kept != run.inputs:
            ConsensusRun.objects.filter(pk=run.pk).update(inputs=kept)
    for part in RunLabels.objects.filter(run__in=runs).order_by("pk").iterator(chunk_size=20):
        labels, said = unpack(part.packed), unpack(part.opinions) if part.opinions else {}
        left, kept = (
            [row for row in labels if row[0] not in traces.tasks],
            _without(said, traces.tasks),
        )
        if len(left) < len(labels) or len(kept) < len(said):
            opinions = pack(kept) if kept else None
            RunLabels.objects.filter(pk=part.pk).update(packed=pack(left), opinions=opinions)


def _without(value: Any, tasks: set[int]) -> Any:
    if isinstance(value, dict):
        return {key: one for key, one in value.items() if int(key) not in tasks}
    return [one for one in value if one not in tasks] if isinstance(value, list) else value


# ------------------------------------------------------------------------------ imports


def _forget_in_imports(traces: Traces) -> None:
    """Take the files out of the reports of imports; previews lose the files that they keep."""
    kinds = (IMPORT_JOB, PREVIEW_JOB)
    for dataset in traces.datasets:
        jobs = Job.objects.filter(kind__in=kinds, payload__dataset=dataset).order_by("pk")
        for job in jobs.exclude(state__in=Job.UNFINISHED).iterator(chunk_size=10):
            if upload := job.payload.get("upload"):
                shutil.rmtree(upload_folder(upload), ignore_errors=True)
            report = _cleaned(job.result, traces)
            if report != job.result:
                Job.objects.filter(pk=job.pk).update(result=report)


def _cleaned(report: Any, traces: Traces) -> Any:
    if not isinstance(report, dict) or "files" not in report:
        return report
    return report | {
        "files": [one for one in report["files"] if not _names(one, traces)],
        "rows": [one for one in report.get("rows", []) if one.get("name") not in traces.names],
        "groups": _others(report.get("groups", []), traces.groups),
        "classes": _others(report.get("classes", []), traces.labels),
    }


def _names(entry: Json, traces: Traces) -> bool:
    if entry.get("item") in traces.items or entry.get("name") in traces.names:
        return True
    return entry.get("of") in traces.names


def _others(entries: Iterable[Json], names: set[str]) -> list[Json]:
    return [one for one in entries if one["name"] not in names]


# ------------------------------------------------------------------------------ groups


def _forget_groups(traces: Traces) -> None:
    """Forget groups that have no item any more where people looked for them by name."""
    for group in sorted(traces.groups):
        SavedView.objects.filter(project__in=traces.projects, query__group=group).delete()
        _rename(Export.objects.filter(project__in=traces.projects), "filters", group)
        _rename(Release.objects.filter(project__in=traces.projects), "filters", group)
        events = AuditEvent.objects.filter(project_id__in=traces.projects)
        for event in events.filter(detail__filters__group=group):
            filters = event.detail["filters"] | {"group": GONE}
            AuditEvent.objects.filter(pk=event.pk).update(
                detail=event.detail | {"filters": filters}
            )
        for edit in ItemEdit.objects.filter(
            dataset__in=traces.datasets, selection__filters__group=group
        ):
            filters = edit.selection["filters"] | {"group": GONE}
            ItemEdit.objects.filter(pk=edit.pk).update(
                selection=edit.selection | {"filters": filters}
            )


def _rename(rows: Any, name: str, group: str) -> None:
    for row in rows.filter(**{f"{name}__group": group}):
        rows.filter(pk=row.pk).update(**{name: getattr(row, name) | {"group": GONE}})
