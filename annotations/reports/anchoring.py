"""What the proposals of a project do to its answers, in all and for each labeler."""

from __future__ import annotations

from typing import Any

import numpy as np

from annotations.consensus.anchoring import Aided, anchoring
from annotations.models import GoldItem, Project, ShownProposal, Task
from annotations.task_types import ALL_TASK_TYPES, TASK_TYPES
from labelhub.accounts.models import User

JsonObject = dict[str, Any]
LATEST = 5_000  # answers that are looked at, and fewer where likeness is slow to work out
LATEST_MERGED = 1_000
LABELERS = 200
_COLUMNS = (
    "labeler_id", "hidden", "taken", "answer", "annotation__answer", "annotation__duration_ms",
    "task__status", "task__adjudicated", "task__votes", "task__answer", "task__gold__active",
    "task__gold__source", "task__gold__answer",
)  # fmt: skip


def anchoring_of(project: Project) -> JsonObject:
    """Return the effect of proposals on the latest answers; a fixed number of queries.

    The truth is a known answer or a reviewer's decision where there is one, else what two labelers
    or more settled. They may have seen the proposal too, so errors that it causes are told too low.
    """
    answered = ShownProposal.objects.filter(project=project, annotation__isnull=False)
    latest = LATEST if project.task_type in TASK_TYPES else LATEST_MERGED
    rows = list(answered.order_by("-pk").values(*_COLUMNS)[:latest])
    total = answered.count() if len(rows) == latest else len(rows)
    aided = _aided(project, rows)
    labelers = np.asarray([row["labeler_id"] for row in rows], np.int64)
    return {
        "prelabels": project.prelabels,
        "hidden_share": project.prelabels_hidden,
        "answers": total,
        "looked_at": len(rows),
        **anchoring(aided),
        "labelers": _by_labeler(aided, labelers),
    }


def _by_labeler(aided: Aided, labelers: np.ndarray[Any, Any]) -> list[JsonObject]:
    ids, counts = np.unique(labelers, return_counts=True)
    first = ids[np.argsort(-counts, kind="stable")][:LABELERS].tolist()
    people = User.objects.in_bulk(first)
    return [
        {
            "id": pk,
            "name": people[pk].shown_name if pk in people else "",
            **anchoring(aided.part(labelers == pk)),
        }
        for pk in first
    ]


def _aided(project: Project, rows: list[JsonObject]) -> Aided:
    same, right, proposal_right = [], [], []
    for row in rows:
        truth, given = _truth(row), row["annotation__answer"]
        same.append(_alike(project, given, row["answer"]) == 1.0)
        right.append(_alike(project, given, truth))
        proposal_right.append(_alike(project, row["answer"], truth))
    times = [row["annotation__duration_ms"] for row in rows]
    return Aided(
        hidden=np.asarray([row["hidden"] for row in rows], bool),
        taken=np.asarray([row["taken"] for row in rows], bool),
        same=np.asarray(same, bool),
        right=np.asarray(right, np.float64),
        proposal_right=np.asarray(proposal_right, np.float64),
        seconds=np.asarray([np.nan if ms is None else ms / 1000 for ms in times], np.float64),
    )


def _truth(row: JsonObject) -> JsonObject | None:
    """What is held for true of a task; None where nothing is."""
    if row["task__gold__active"] and row["task__gold__source"] in GoldItem.CERTAIN:
        return row["task__gold__answer"]  # type: ignore[no-any-return]
    settled = row["task__status"] == Task.Status.SETTLED and row["task__votes"] >= 2
    return row["task__answer"] if settled or row["task__adjudicated"] else None


def _alike(project: Project, answer: JsonObject, other: JsonObject | None) -> float:
    """1 for answers that count as the same, 0 for others, NaN where there is none."""
    if other is None:
        return float("nan")
    assert project.schema is not None
    task_type = ALL_TASK_TYPES[project.task_type]
    try:
        apart = task_type.distance(answer, other, project.schema.document)
    except (KeyError, ValueError):
        return float("nan")  # given under a label schema that is no longer in force
    return float(apart <= task_type.tolerance)
