"""Labeler repeats: hold what each labeler answered the second time against the first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from annotations.consensus.gold import share_interval
from annotations.consensus.labeler_figures import JsonObject, interval
from annotations.consensus.pairs import mean_interval
from annotations.models import Annotation, Project
from annotations.task_types import ALL_TASK_TYPES

# The latest ones; comparing two outlines takes a millisecond, two classes nothing.
MOST, MOST_MERGED = 20_000, 2_000
NOTHING = float("nan"), float("nan"), float("nan")


@dataclass(frozen=True)
class Twice:
    """One question that a labeler answered twice: how alike, and how many hours lay between."""

    labeler: int
    likeness: float
    hours: float


def add_consistency(project: Project, rows: Mapping[int, JsonObject]) -> None:
    """Add to each labeler's figures how like their second answers are to their first.

    For answers of classes it is the share that are the same, else the mean likeness by the
    distance of the task type; null without a repeated question.
    """
    found: dict[int, list[Twice]] = defaultdict(list)
    for twice in answered_twice(project):
        found[twice.labeler].append(twice)
    in_classes = _in_classes(project)
    for labeler, row in rows.items():
        row["consistency"] = _document(found.get(labeler, []), in_classes)


def _document(pairs: list[Twice], in_classes: bool) -> JsonObject:
    if not pairs:
        return interval(*NOTHING) | {"count": 0, "hours": None}
    likeness = np.asarray([pair.likeness for pair in pairs])
    same = int((likeness == 1.0).sum())
    figures = (
        (same / len(pairs), *share_interval(same, len(pairs)))
        if in_classes
        else mean_interval(likeness)
    )
    hours = float(np.median([pair.hours for pair in pairs]))
    return interval(*figures) | {"count": len(pairs), "hours": round(hours, 2)}


def answered_twice(project: Project) -> list[Twice]:
    """Return every repeated question with both answers as they are now, the latest ones first."""
    most = MOST if _in_classes(project) else MOST_MERGED
    seconds = (
        Annotation.every.filter(project=project, repeat=True, current=True)
        .order_by("-pk")
        .values_list("task_id", "labeler_id", "answer", "created_at")[:most]
    )
    again = list(seconds)
    firsts = _first_answers([row[0] for row in again], [row[1] for row in again])
    pairs = []
    for task, labeler, answer, at in again:
        before, then = firsts.get((task, labeler), (None, at))
        likeness = None if before is None else _likeness(project, before, answer)
        if likeness is not None:
            # A first answer may have been revised since.
            hours = max(0.0, (at - then).total_seconds() / 3600.0)
            pairs.append(Twice(labeler, likeness, hours))
    return pairs


def _first_answers(tasks: list[int], labelers: list[int]) -> dict[tuple[int, int], Any]:
    """The votes of these labelers on these tasks; a bounded number of ids in one statement."""
    found: dict[tuple[int, int], Any] = {}
    for start in range(0, len(tasks), 500):
        rows = Annotation.objects.filter(
            task__in=tasks[start : start + 500],
            labeler__in=set(labelers[start : start + 500]),
            current=True,
        )
        columns = rows.values_list("task_id", "labeler_id", "answer", "created_at")
        found |= {(task, who): (answer, at) for task, who, answer, at in columns}
    return found


def _in_classes(project: Project) -> bool:
    return hasattr(ALL_TASK_TYPES[project.task_type], "category")


def _likeness(project: Project, first: JsonObject, second: JsonObject) -> float | None:
    """1 for the same answer, 0 for one as unlike as can be; None under schemas too far apart."""
    assert project.schema is not None
    task_type: Any = ALL_TASK_TYPES[project.task_type]
    if hasattr(task_type, "category"):
        return float(task_type.category(first) == task_type.category(second))
    try:
        return 1.0 - float(task_type.distance(first, second, project.schema.document))
    except (KeyError, ValueError):
        return None
