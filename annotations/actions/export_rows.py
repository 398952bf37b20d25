"""What an export holds: which tasks, which columns, and the rows, a batch at a time."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any, Literal

from django.conf import settings
from django.db.models import QuerySet, Sum

from annotations.exporters.base import Columns
from annotations.models import Adjudication, Annotation, Project, Task
from annotations.reports.provenance import in_brief
from annotations.task_types import ALL_TASK_TYPES, MERGED_TASK_TYPES
from labelhub.errors import Invalid

Content = Literal["consensus", "votes", "both"]
CONTENTS: tuple[Content, ...] = ("consensus", "votes", "both")
ALL = "all"
BATCH = 1_000

ITEM_COLUMNS: Columns = {
    "task": "whole",
    "item": "whole",
    "filename": "text",
    "sha256": "text",
    "group": "text",
    "split": "text",
}
CONSENSUS_COLUMNS: Columns = {
    **ITEM_COLUMNS,
    "status": "text",
    "arm": "text",
    "answer": "json",
    "label": "text",
    "confidence": "number",
    "method": "text",
    "votes": "whole",
    "distribution": "json",
    "adjudicated": "flag",
    "settled_at": "text",
}
VOTE_COLUMNS: Columns = {
    **ITEM_COLUMNS,
    "annotation": "whole",
    "labeler": "text",
    "answer": "json",
    "label": "text",
    "version": "whole",
    "schema_version": "whole",
    "source": "text",
    "duration_ms": "whole",
    "created_at": "text",
}
# Of merged answers: what stands behind the parts of the answer (characters, boxes, points).
MERGED: Columns = {"detail": "json"}
PROVENANCE: Columns = {"provenance": "json"}


def columns_of(project: Project, content: Content, *, provenance: bool = False) -> Columns:
    """Return an export's columns in order; how a label came about is a long one, so on demand."""
    if content == "votes":
        return VOTE_COLUMNS
    consensus = {
        **CONSENSUS_COLUMNS,
        **(MERGED if project.task_type in MERGED_TASK_TYPES else {}),
    }
    origin = PROVENANCE if provenance else {}
    if content == "consensus":
        return {**consensus, **origin}
    # A task's line, then a line for each of its votes; `record` says which it is.
    return {"record": "text", **consensus, **VOTE_COLUMNS, **origin}


@dataclass(frozen=True)
class Selection:
    """Which tasks of a project are exported; None takes any."""

    status: str | None = None
    label: str | None = None
    min_confidence: float | None = None
    max_confidence: float | None = None
    arm: str | None = None

    @staticmethod
    def of(content: Content, filters: Mapping[str, Any]) -> Selection:
        """Return the selection of API filters; raises Invalid for one that cannot be used.

        Without a status, ground truth means settled tasks; raw votes come from all of them.
        """
        unknown = filters.keys() - asdict(Selection()).keys()
        if unknown:
            raise Invalid(f"There is no filter {', '.join(sorted(unknown))}.", code="bad_filter")
        given = {name: value for name, value in filters.items() if value not in (None, "")}
        _check_word(given, "status", [*Task.Status.values, ALL])
        _check_word(given, "arm", Task.Arm.values)
        status = given.pop("status", ALL if content == "votes" else str(Task.Status.SETTLED))
        return Selection(status=None if status == ALL else status, **given)

    def as_filters(self) -> dict[str, Any]:
        """Return the filters in force, for the export's row: `of` makes this selection of them."""
        filters = {name: value for name, value in asdict(self).items() if value is not None}
        return {"status": self.status or ALL} | filters

    def tasks(self, project: Project, using: str = "default") -> QuerySet[Task]:
        lookups = {
            "status": self.status,
            "label": self.label,
            "confidence__gte": self.min_confidence,
            "confidence__lte": self.max_confidence,
            "arm": self.arm,
        }
        wanted = {lookup: value for lookup, value in lookups.items() if value is not None}
        return Task.objects.using(using).filter(project=project, **wanted)


def _check_word(filters: Mapping[str, Any], name: str, allowed: list[str]) -> None:
    if name in filters and filters[name] not in allowed:
        raise Invalid(
            f"{name} must be one of {', '.join(allowed)}.",
            code="bad_filter",
            fields={name: f"one of {', '.join(allowed)}"},
        )


def count_rows(
    project: Project, content: Content, selection: Selection, using: str = "default"
) -> int:
    """Return how many rows an export of this has now."""
    tasks = selection.tasks(project, using)
    lines = tasks.count() if content != "votes" else 0
    votes = tasks.aggregate(sum=Sum("votes"))["sum"] or 0 if content != "consensus" else 0
    return lines + votes


def rows_of(
    project: Project,
    content: Content,
    selection: Selection,
    using: str = "default",
    *,
    provenance: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield an export's rows in the order of the tasks' ids, with one batch in memory at a time."""
    label_of = ALL_TASK_TYPES[project.task_type].summary
    merged = project.task_type in MERGED_TASK_TYPES
    for tasks in batches(selection.tasks(project, using)):
        votes = {} if content == "consensus" else votes_of(project, tasks, using)
        origins = _origins(project, tasks, using) if provenance and content != "votes" else {}
        for task in tasks:
            item = _item_columns(task)
            if content != "votes":
                row = item | _consensus_columns(task) | origins.get(task["pk"], {})
                if merged:
                    row["detail"] = pseudonymous(project, task["detail"])
                yield row if content == "consensus" else {"record": "consensus"} | row
            for vote in votes.get(task["pk"], []):
                row = item | vote | {"label": label_of(vote["answer"])}
                yield row if content == "votes" else {"record": "vote"} | row


def batches(tasks: QuerySet[Task], *columns: str) -> Iterator[list[dict[str, Any]]]:
    """Page by id: each batch costs the same, and nothing is held open in the database."""
    rows: QuerySet[Task, Any] = tasks.order_by("pk").values(
        "pk",
        "item_id",
        "item__filename",
        "item__sha256",
        "item__group",
        "item__split",
        "status",
        "arm",
        "answer",
        "label",
        "confidence",
        "method",
        "votes",
        "distribution",
        "detail",
        "adjudicated",
        "settled_at",
        "ballot",
        "fit_id",
        *columns,
    )
    batch = list(rows[:BATCH])
    while batch:
        yield batch
        batch = list(rows.filter(pk__gt=batch[-1]["pk"])[:BATCH])


def _item_columns(task: dict[str, Any]) -> dict[str, Any]:
    return {
        "task": task["pk"],
        "item": task["item_id"],
        "filename": task["item__filename"],
        "sha256": task["item__sha256"],
        "group": task["item__group"],
        "split": task["item__split"],
    }


def _consensus_columns(task: dict[str, Any]) -> dict[str, Any]:
    names = ("status", "arm", "answer", "label", "confidence", "method", "votes", "distribution")
    return {
        **{name: task[name] for name in names},
        "adjudicated": task["adjudicated"],
        "settled_at": _time(task["settled_at"]),
    }


def _origins(
    project: Project, tasks: list[dict[str, Any]], using: str
) -> dict[int, dict[str, Any]]:
    """How each task of a batch came to its label, as its further column."""
    ids = [task["pk"] for task in tasks if task["adjudicated"]]
    standing = Adjudication.objects.using(using).filter(task__in=ids, reopened_at=None)
    notes = dict(standing.values_list("task_id", "note"))
    who: Callable[[int], str] = cache(lambda labeler_id: pseudonym(project, labeler_id))
    return {
        task["pk"]: {
            "provenance": in_brief(
                task["ballot"],
                task["fit_id"] or (project.fit_id if task["adjudicated"] else None),
                decision=notes.get(task["pk"]),
                who=who,
            )
        }
        for task in tasks
    }


def votes_of(
    project: Project, tasks: list[dict[str, Any]], using: str
) -> dict[int, list[dict[str, Any]]]:
    """The votes that count now of a batch of tasks, by task; superseded ones are left out."""
    ids = [task["pk"] for task in tasks if task["votes"]]
    annotations: QuerySet[Annotation, Any] = (
        Annotation.objects.using(using)
        .filter(task__in=ids, current=True)
        .order_by("task_id", "pk")
        .values(
            "task_id",
            "pk",
            "labeler_id",
            "answer",
            "version",
            "schema__version",
            "source",
            "duration_ms",
            "created_at",
        )
    )
    return {
        task: [_vote_columns(project, annotation) for annotation in group]
        for task, group in groupby(annotations, key=lambda annotation: annotation["task_id"])
    }


def _vote_columns(project: Project, annotation: dict[str, Any]) -> dict[str, Any]:
    return {
        "annotation": annotation["pk"],
        "labeler": pseudonym(project, annotation["labeler_id"]),
        "answer": annotation["answer"],
        "version": annotation["version"],
        "schema_version": annotation["schema__version"],
        "source": annotation["source"],
        "duration_ms": annotation["duration_ms"],
        "created_at": _time(annotation["created_at"]),
    }


def pseudonymous(project: Project, detail: dict[str, Any]) -> dict[str, Any]:
    """Return a verdict's detail with the labelers that it names under their export names."""
    parts = {
        name: [_without_ids(project, part) for part in detail[name]]
        for name in ("kept", "rejected")
        if name in detail
    }
    return detail | parts


def _without_ids(project: Project, part: dict[str, Any]) -> dict[str, Any]:
    members = [[pseudonym(project, labeler), place] for labeler, place in part["members"]]
    changed = part | {"members": members}
    if "swapped" in part:
        changed["swapped"] = [pseudonym(project, labeler) for labeler in part["swapped"]]
    return changed


def pseudonym(project: Project, labeler_id: int) -> str:
    """Return a labeler's name in exports: the same in all of a project's, unlike any other's.

    A keyed hash: without the server's key nobody can find the person by trying all ids.
    """
    message = f"export labeler/{project.pk}/{labeler_id}".encode()
    mac = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256)
    return f"labeler-{mac.hexdigest()[:12]}"


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
